import ByteCoding

/// Ollama's own `/api/chat`: an object a line, the last one with `done` and the counts.
struct OllamaReader: DialectReader {
    func read(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> ReadOutcome {
        answer.isRepeatable = false
        var isDone = false
        var reason: String?
        var input: Int?
        var output: Int?
        var message: JSONReader.Mark?
        var reportsError = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "message") {
                message = try reader.skipToMark()
            } else if reader.key(key, is: "model") {
                try answer.readModel(&reader)
            } else if reader.key(key, is: "created_at") {
                try answer.readCreated(rfc3339: &reader)
            } else if reader.key(key, is: "done") {
                isDone = try !reader.skipValueIsBlank()
            } else if reader.key(key, is: "done_reason") {
                reason = try reader.readName()
            } else if reader.key(key, is: "prompt_eval_count") {
                input = try reader.readCount()
            } else if reader.key(key, is: "eval_count") {
                output = try reader.readCount()
            } else if reader.key(key, is: "error") {
                reportsError = try !reader.skipValueIsBlank()
            } else {
                try answer.skipExtraOfAnswer(key, isTold: false, &reader)
            }
        }
        if let message {
            answer.isAnswer = true
            let end = reader.mark
            reader.go(to: message)
            try readMessage(&reader, into: &answer, &batch)
            reader.go(to: end)
        }
        if input != nil || output != nil { answer.report(TokenUsage(input: input ?? 0, output: output ?? 0)) }
        if reportsError { return .reportsError(nil) }
        guard isDone else { return .goesOn }
        finish(reason ?? "stop", into: &answer)
        return .isDone
    }

    private func finish(_ word: String, into answer: inout AnswerDraft) {
        switch word {
        case "stop": answer.finish(word: word, kind: answer.calls.count > 0 ? .toolCalls : .stop)
        case "length": answer.finish(word: word, kind: .length)
        default: answer.finish(word: word, kind: .other)
        }
    }

    private func readMessage(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.beginObjectIfAny() else { return }
        while let key = try reader.nextKey() {
            if reader.key(key, is: "content") {
                try answer.readText(&reader, TextPlace(kind: .text, choice: 0), into: &batch)
            } else if reader.key(key, is: "thinking") {
                try answer.readText(&reader, TextPlace(kind: .reasoning, choice: 0), into: &batch)
            } else if reader.key(key, is: "tool_calls") {
                guard try reader.beginArrayIfAny() else { continue }
                while try reader.nextElement() {
                    try answer.readWholeCall(&reader, arguments: "arguments", choice: 0, into: &batch)
                }
            } else if reader.key(key, is: "role") {
                try reader.skipValue()
            } else {
                try answer.skipExtra(key, &reader)
            }
        }
        answer.appendExtra(choice: 0, to: &batch)
    }
}
