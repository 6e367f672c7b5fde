import ByteCoding

/// The response itself, as it begins and as it ends.
extension ResponsesReader {
    mutating func readResponse(
        _ reader: inout JSONReader, isEnd: Bool, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> ReadOutcome {
        answer.isAnswer = true
        var status: String?
        var incompleteReason: String?
        var error: Range<Int>?
        guard try reader.beginObjectIfAny() else { return isEnd ? .isDone : .goesOn }
        while let key = try reader.nextKey() {
            if reader.key(key, is: "id") {
                try answer.readID(&reader)
            } else if reader.key(key, is: "model") {
                try answer.readModel(&reader)
            } else if reader.key(key, is: "created_at") {
                try answer.readCreated(&reader)
            } else if reader.key(key, is: "status") {
                status = try reader.readName()
            } else if reader.key(key, is: "incomplete_details") {
                try answer.copyExtraOfAnswer(key, isTold: false, &reader)
                incompleteReason = try reader.readMember("reason")
            } else if reader.key(key, is: "usage") {
                try answer.copyExtraOfAnswer(key, isTold: false, &reader)
                if let usage = try TokenUsage(ofResponses: &reader) { answer.report(usage) }
            } else if reader.key(key, is: "output"), isEnd {
                try readOutput(&reader, into: &answer, &batch)
            } else if reader.key(key, is: "error") {
                let place = reader.mark
                if try !reader.skipValueIsBlank() {
                    let end = reader.mark
                    reader.go(to: place)
                    error = try reader.skipValueRange()
                    reader.go(to: end)
                }
            } else if isEnd,
                reader.key(key, is: "service_tier") || reader.key(key, is: "metadata")
                    || reader.key(key, is: "moderation")
            {
                try answer.skipExtraOfAnswer(key, isTold: false, &reader)
            } else {
                // Most of the others repeat the request.
                try reader.skipValue()
            }
        }
        guard isEnd else { return .goesOn }
        if let error { return .reportsError(error) }
        if status == "failed" { return .reportsError(nil) }
        finish(status: status ?? "completed", incompleteReason, into: &answer)
        return .isDone
    }

    private func finish(status: String, _ incompleteReason: String?, into answer: inout AnswerDraft) {
        if status == "incomplete" {
            let word = incompleteReason ?? status
            switch word {
            case "max_output_tokens", "max_tokens": answer.finish(word: word, kind: .length)
            case "content_filter": answer.finish(word: word, kind: .contentFilter)
            default: answer.finish(word: word, kind: .other)
            }
        } else if status == "completed" {
            answer.finish(word: status, kind: answer.calls.count > 0 ? .toolCalls : .stop)
        } else {
            answer.finish(word: status, kind: .other)
        }
    }

    /// All items once more; what was not heard yet is heard now.
    private mutating func readOutput(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.beginArrayIfAny() else { return }
        var index = 0
        while try reader.nextElement() {
            let place = reader.mark
            if try !readItem(&reader, index: index, isDone: true, into: &answer, &batch) {
                reader.go(to: place)
                try answer.appendExtra(&reader, to: &batch)
            }
            index += 1
        }
    }
}

extension TokenUsage {
    /// Reads a `usage` object of the Responses dialect. Nil when it has neither count, or is no object.
    init?(ofResponses reader: inout JSONReader) throws(JSONError) {
        var input: Int?
        var output: Int?
        var reasoning: Int?
        var cached: Int?
        guard try reader.beginObjectIfAny() else { return nil }
        while let key = try reader.nextKey() {
            if reader.key(key, is: "input_tokens") {
                input = try reader.readCount()
            } else if reader.key(key, is: "output_tokens") {
                output = try reader.readCount()
            } else if reader.key(key, is: "output_tokens_details") {
                reasoning = try Self.member("reasoning_tokens", from: &reader)
            } else if reader.key(key, is: "input_tokens_details") {
                cached = try Self.member("cached_tokens", from: &reader)
            } else {
                try reader.skipValue()
            }
        }
        guard input != nil || output != nil else { return nil }
        self.init(
            input: input ?? 0, output: output ?? 0, reasoning: reasoning.map { max(0, $0) },
            cached: cached.map { max(0, $0) })
    }
}
