import ByteCoding

/// A `delta` or a `message`: they have the same members.
extension ChatReader {
    func readMessage(
        _ reader: inout JSONReader, choice: UInt16, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .object else { return try reader.skipValue() }
        var reasoning: Range<Int>?
        var details: JSONReader.Mark?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "content") {
                try readContent(&reader, choice: choice, into: &answer, &batch)
            } else if reader.key(key, is: "reasoning_content") || reader.key(key, is: "reasoning") {
                try readReasoning(&reader, known: &reasoning, choice: choice, into: &answer, &batch)
            } else if reader.key(key, is: "reasoning_details") {
                details = reader.mark
                try reader.skipValue()
            } else if reader.key(key, is: "refusal") {
                try answer.readText(&reader, TextPlace(kind: .refusal, choice: choice), into: &batch)
            } else if reader.key(key, is: "tool_calls") {
                try readToolCalls(&reader, choice: choice, into: &answer, &batch)
            } else if reader.key(key, is: "function_call") {
                try readFunctionCall(&reader, choice: choice, into: &answer, &batch)
            } else if reader.key(key, is: "role") {
                try reader.skipValue()
            } else {
                try answer.skipExtra(key, &reader)
            }
        }
        // OpenRouter says the same in `reasoning` and in `reasoning_details`, some models only in the latter.
        if let details, reasoning == nil {
            let end = reader.mark
            reader.go(to: details)
            try readParts(&reader, defaultKind: .reasoning, choice: choice, into: &answer, &batch)
            reader.go(to: end)
        }
    }

    /// `content`: text, or an array of parts (Mistral), or null.
    private func readContent(
        _ reader: inout JSONReader, choice: UInt16, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        if try reader.peek() == .array {
            try readParts(&reader, defaultKind: .text, choice: choice, into: &answer, &batch)
        } else {
            try answer.readText(&reader, TextPlace(kind: .text, choice: choice), into: &batch)
        }
    }

    /// `reasoning_content` (DeepSeek and those after it) and `reasoning` (OpenRouter, Groq, Ollama): who sends both
    /// says the same twice. `known` is the first one, as written.
    private func readReasoning(
        _ reader: inout JSONReader, known: inout Range<Int>?, choice: UInt16, into answer: inout AnswerDraft,
        _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .string else { return try reader.skipValue() }
        let mark = reader.mark
        let written = try reader.skipValueRange()
        guard written.count > 2 else { return }
        if known != nil { answer.isRepeatable = false }
        if let known, reader.isSame(known, written) { return }
        known = written
        let end = reader.mark
        reader.go(to: mark)
        try answer.readText(&reader, TextPlace(kind: .reasoning, choice: choice), into: &batch)
        reader.go(to: end)
    }

    /// An array of parts: strings, or objects with a `type` and a member that has the text, or parts in their turn.
    private func readParts(
        _ reader: inout JSONReader, defaultKind: Delta.Kind, choice: UInt16, into answer: inout AnswerDraft,
        _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .array else {
            return try answer.readText(&reader, TextPlace(kind: defaultKind, choice: choice), into: &batch)
        }
        try reader.beginArray()
        while try reader.nextElement() {
            if try reader.peek() == .object {
                try readPart(&reader, defaultKind: defaultKind, choice: choice, into: &answer, &batch)
            } else {
                try answer.readText(&reader, TextPlace(kind: defaultKind, choice: choice), into: &batch)
            }
        }
    }

    private func readPart(
        _ reader: inout JSONReader, defaultKind: Delta.Kind, choice: UInt16, into answer: inout AnswerDraft,
        _ batch: inout DeltaBatch
    ) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "text") {
                try answer.readText(&reader, TextPlace(kind: defaultKind, choice: choice), into: &batch)
            } else if reader.key(key, is: "thinking") || reader.key(key, is: "reasoning")
                || reader.key(key, is: "summary")
            {
                try readParts(&reader, defaultKind: .reasoning, choice: choice, into: &answer, &batch)
            } else if reader.key(key, is: "refusal") {
                try answer.readText(&reader, TextPlace(kind: .refusal, choice: choice), into: &batch)
            } else {
                try reader.skipValue()
            }
        }
    }
}
