import ByteCoding

/// `candidates`: each a choice, with new parts of its content, and at the end its `finishReason`.
extension GeminiReader {
    func readCandidates(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.beginArrayIfAny() else { return }
        answer.isAnswer = true
        while try reader.nextElement() {
            guard try reader.beginObjectIfAny() else { continue }
            var choice: UInt16 = 0
            var content: JSONReader.Mark?
            var finishReason: String?
            while let key = try reader.nextKey() {
                if reader.key(key, is: "index") {
                    choice = UInt16(clamping: try reader.readInt() ?? 0)
                    answer.note(choice: choice)
                } else if reader.key(key, is: "content") {
                    content = try reader.skipToMark()
                } else if reader.key(key, is: "finishReason") {
                    finishReason = try reader.readName()
                } else {
                    try answer.skipExtra(key, &reader)
                }
            }
            let end = reader.mark
            answer.appendExtra(choice: choice, to: &batch)
            if let content {
                reader.go(to: content)
                try readContent(&reader, choice: choice, into: &answer, &batch)
            }
            reader.go(to: end)
            guard let finishReason else { continue }
            let hasCalls = answer.calls.nextIndex(choice: choice) > 0
            answer.finish(choice: choice, word: finishReason, kind: Self.kind(of: finishReason, hasCalls: hasCalls))
        }
    }

    /// There is no word of its own for an answer that ends in calls.
    private static func kind(of word: String, hasCalls: Bool) -> FinishReason.Kind {
        switch word {
        case "STOP": hasCalls ? .toolCalls : .stop
        case "MAX_TOKENS": .length
        case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "LANGUAGE",
            "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
            .contentFilter
        default: .other
        }
    }

    private func readContent(
        _ reader: inout JSONReader, choice: UInt16, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.beginObjectIfAny() else { return }
        while let key = try reader.nextKey() {
            guard reader.key(key, is: "parts") else {
                try reader.skipValue()
                continue
            }
            guard try reader.beginArrayIfAny() else { continue }
            while try reader.nextElement() { try readPart(&reader, choice: choice, into: &answer, &batch) }
        }
    }

    /// A part: text, which is a thought where it says so, or a call, which always comes whole.
    private func readPart(
        _ reader: inout JSONReader, choice: UInt16, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.beginObjectIfAny() else { return }
        var text: JSONReader.Mark?
        var call: JSONReader.Mark?
        var isThought = false
        while let key = try reader.nextKey() {
            if reader.key(key, is: "text") {
                text = try reader.skipToMark()
            } else if reader.key(key, is: "thought") {
                isThought = try !reader.skipValueIsBlank()
            } else if reader.key(key, is: "functionCall") {
                call = try reader.skipToMark()
            } else {
                try answer.skipExtra(key, &reader)
            }
        }
        let end = reader.mark
        if let text {
            reader.go(to: text)
            try answer.readText(
                &reader, TextPlace(kind: isThought ? .reasoning : .text, choice: choice), into: &batch)
        }
        if let call {
            reader.go(to: call)
            try answer.readWholeCall(&reader, arguments: "args", choice: choice, into: &batch)
        }
        // Right behind what it belongs to: a signature is one of its part.
        answer.appendExtra(choice: choice, to: &batch)
        reader.go(to: end)
    }
}
