import ByteCoding

/// Content blocks, as they begin (or whole), and their deltas.
extension AnthropicReader {
    private enum Block {
        case text, thinking, call, other
    }

    /// A `content_block`. The text it begins with is part of it; usually that is empty. False where the block is of a kind that
    /// we have no words for.
    mutating func readBlock(
        _ reader: inout JSONReader, index: UInt16, isWhole: Bool, into answer: inout AnswerDraft,
        _ batch: inout DeltaBatch
    ) throws(JSONError) -> Bool {
        guard try reader.beginObjectIfAny() else { return true }
        var block = Block.other
        var piece = ToolCallLedger.Piece(slot: index)
        var text: JSONReader.Mark?
        var thinking: JSONReader.Mark?
        var input: JSONReader.Mark?
        while let key = try reader.nextKey() {
            if reader.key(key, is: "type") {
                block = try Self.block(&reader)
            } else if reader.key(key, is: "text") {
                text = try reader.skipToMark()
            } else if reader.key(key, is: "thinking") {
                thinking = try reader.skipToMark()
            } else if reader.key(key, is: "id") {
                piece.id = try reader.readText() ?? ""
            } else if reader.key(key, is: "name") {
                piece.name = try reader.readText() ?? ""
            } else if reader.key(key, is: "input") {
                let place = reader.mark
                if try !reader.skipValueIsBlank() { input = place }
            } else {
                try reader.skipValue()
            }
        }
        let end = reader.mark
        switch block {
        case .text: try readText(&reader, at: text, kind: .text, into: &answer, &batch)
        case .thinking: try readText(&reader, at: thinking, kind: .reasoning, into: &answer, &batch)
        case .call:
            try answer.append(piece, arguments: input, choice: 0, reader: &reader, to: &batch)
            if !isWhole {
                openCall(index, hasArguments: input != nil)
            } else if input == nil {
                answer.appendEmptyArguments(piece, to: &batch)
            }
        case .other: break
        }
        reader.go(to: end)
        return block != .other
    }

    private static func block(_ reader: inout JSONReader) throws(JSONError) -> Block {
        guard let word = try reader.readWord() else { return .other }
        if reader.key(word, is: "text") { return .text }
        if reader.key(word, is: "thinking") { return .thinking }
        return reader.key(word, is: "tool_use") ? .call : .other
    }

    /// The `delta` of a block. Its members say what it is; `type` only repeats it. False where there is one that we have no words
    /// for: a signature, a source, what one of Anthropic's own tools is asked.
    mutating func readDelta(
        _ reader: inout JSONReader, block index: UInt16, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> Bool {
        var isKnown = true
        guard try reader.beginObjectIfAny() else { return true }
        while let key = try reader.nextKey() {
            if reader.key(key, is: "text") {
                try answer.readText(&reader, TextPlace(kind: .text, choice: 0), into: &batch)
            } else if reader.key(key, is: "thinking") {
                try answer.readText(&reader, TextPlace(kind: .reasoning, choice: 0), into: &batch)
            } else if reader.key(key, is: "partial_json") {
                isKnown = try readArguments(&reader, block: index, into: &answer, &batch) && isKnown
            } else if reader.key(key, is: "type") {
                try reader.skipValue()
            } else {
                isKnown = try reader.skipValueIsBlank() && isKnown
            }
        }
        return isKnown
    }

    /// A piece of a call's input. False where it is that of another block, which is none of our calls.
    private mutating func readArguments(
        _ reader: inout JSONReader, block index: UInt16, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> Bool {
        answer.isRepeatable = false
        let place = reader.mark
        let isString = try reader.peek() == .string
        let written = try reader.skipValueRange()
        guard isString, written.count > 2 else { return true }
        guard takeArguments(index) else { return false }
        try answer.append(
            ToolCallLedger.Piece(slot: index), arguments: place, choice: 0, reader: &reader, to: &batch)
        return true
    }

    private func readText(
        _ reader: inout JSONReader, at place: JSONReader.Mark?, kind: Delta.Kind, into answer: inout AnswerDraft,
        _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard let place else { return }
        reader.go(to: place)
        try answer.readText(&reader, TextPlace(kind: kind, choice: 0), into: &batch)
    }
}
