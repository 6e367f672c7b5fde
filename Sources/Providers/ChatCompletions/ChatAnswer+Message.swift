import ByteCoding

/// A `delta` or a `message`: they have the same members.
extension ChatAnswer {
    mutating func readMessage(
        _ reader: inout JSONReader, choice: UInt16, into batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .object else { return try reader.skipValue() }
        var reasoning: Range<Int>?
        var details: JSONReader.Mark?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "content") {
                try readContent(&reader, choice: choice, into: &batch)
            } else if reader.key(key, is: "reasoning_content") || reader.key(key, is: "reasoning") {
                try readReasoning(&reader, known: &reasoning, choice: choice, into: &batch)
            } else if reader.key(key, is: "reasoning_details") {
                details = reader.mark
                try reader.skipValue()
            } else if reader.key(key, is: "refusal") {
                try readText(&reader, TextPlace(kind: .refusal, choice: choice), into: &batch)
            } else if reader.key(key, is: "tool_calls") {
                try readToolCalls(&reader, choice: choice, into: &batch)
            } else if reader.key(key, is: "function_call") {
                try readFunctionCall(&reader, choice: choice, into: &batch)
            } else {
                try reader.skipValue()
            }
        }
        // OpenRouter says the same in `reasoning` and in `reasoning_details`, some models only in the latter.
        if let details, reasoning == nil {
            let end = reader.mark
            reader.go(to: details)
            try readParts(&reader, defaultKind: .reasoning, choice: choice, into: &batch)
            reader.go(to: end)
        }
    }

    /// A piece of a text, as one delta; none when it is empty or no string.
    mutating func readText(
        _ reader: inout JSONReader, _ place: TextPlace, into batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .string else { return try reader.skipValue() }
        let offset = batch.bytes.count
        let start = reader.position
        if !torn.isEmpty { isRepeatable = false }
        let held = torn.isEmpty ? nil : torn.take(place)
        if let half = try reader.readEscapedString(into: &batch.bytes, continuing: held) { torn.keep(half, at: place) }
        noteText(start + 1..<reader.position - 1, at: place)
        appendText(from: offset, at: place, to: &batch)
    }

    /// The delta of a text that is in the batch from `offset`; none where it is empty.
    mutating func appendText(from offset: Int, at place: TextPlace, to batch: inout DeltaBatch) {
        let length = batch.bytes.count - offset
        guard length > 0 else { return }
        append(
            Delta(kind: place.kind, choice: place.choice, offset: UInt32(offset), contentLength: UInt32(length)),
            to: &batch)
    }

    /// `content`: text, or an array of parts (Mistral), or null.
    private mutating func readContent(
        _ reader: inout JSONReader, choice: UInt16, into batch: inout DeltaBatch
    ) throws(JSONError) {
        if try reader.peek() == .array {
            try readParts(&reader, defaultKind: .text, choice: choice, into: &batch)
        } else {
            try readText(&reader, TextPlace(kind: .text, choice: choice), into: &batch)
        }
    }

    /// `reasoning_content` (DeepSeek and those after it) and `reasoning` (OpenRouter, Groq, Ollama): who sends both
    /// says the same twice. `known` is the first one, as written.
    private mutating func readReasoning(
        _ reader: inout JSONReader, known: inout Range<Int>?, choice: UInt16, into batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .string else { return try reader.skipValue() }
        let mark = reader.mark
        let written = try reader.skipValueRange()
        guard written.count > 2 else { return }
        if known != nil { isRepeatable = false }
        if let known, reader.isSame(known, written) { return }
        known = written
        let end = reader.mark
        reader.go(to: mark)
        try readText(&reader, TextPlace(kind: .reasoning, choice: choice), into: &batch)
        reader.go(to: end)
    }

    /// An array of parts: strings, or objects with a `type` and a member that has the text, or parts in their turn.
    private mutating func readParts(
        _ reader: inout JSONReader, defaultKind: Delta.Kind, choice: UInt16, into batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .array else {
            return try readText(&reader, TextPlace(kind: defaultKind, choice: choice), into: &batch)
        }
        try reader.beginArray()
        while try reader.nextElement() {
            if try reader.peek() == .object {
                try readPart(&reader, defaultKind: defaultKind, choice: choice, into: &batch)
            } else {
                try readText(&reader, TextPlace(kind: defaultKind, choice: choice), into: &batch)
            }
        }
    }

    private mutating func readPart(
        _ reader: inout JSONReader, defaultKind: Delta.Kind, choice: UInt16, into batch: inout DeltaBatch
    ) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "text") {
                try readText(&reader, TextPlace(kind: defaultKind, choice: choice), into: &batch)
            } else if reader.key(key, is: "thinking") || reader.key(key, is: "reasoning")
                || reader.key(key, is: "summary")
            {
                try readParts(&reader, defaultKind: .reasoning, choice: choice, into: &batch)
            } else if reader.key(key, is: "refusal") {
                try readText(&reader, TextPlace(kind: .refusal, choice: choice), into: &batch)
            } else {
                try reader.skipValue()
            }
        }
    }
}
