import ByteCoding

/// Pieces of texts and of tool calls, from the reader's place into deltas.
extension AnswerDraft {
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
        if readsInlineThinking, place.kind == .text {
            return appendSorted(from: offset, choice: place.choice, to: &batch)
        }
        append(
            Delta(kind: place.kind, choice: place.choice, offset: UInt32(offset), contentLength: UInt32(length)),
            to: &batch)
    }

    /// The deltas of a text that may begin with reasoning.
    @inline(never)
    private mutating func appendSorted(from offset: Int, choice: UInt16, to batch: inout DeltaBatch) {
        if thinking.isOver(choice: choice) {
            append(
                Delta(
                    kind: .text, choice: choice, offset: UInt32(offset),
                    contentLength: UInt32(batch.bytes.count - offset)),
                to: &batch)
            return
        }
        let pieces = thinking.take(batch.bytes[offset...], choice: choice)
        batch.bytes.removeLast(batch.bytes.count - offset)
        for piece in pieces { append(piece, choice: choice, to: &batch) }
    }

    mutating func flushThinking(into batch: inout DeltaBatch) {
        for (choice, piece) in thinking.takeAll() { append(piece, choice: choice, to: &batch) }
    }

    private mutating func append(_ piece: InlineThinking.Piece, choice: UInt16, to batch: inout DeltaBatch) {
        let offset = batch.bytes.count
        batch.bytes.append(span: piece.bytes.span)
        append(
            Delta(
                kind: piece.kind, choice: choice, offset: UInt32(offset), contentLength: UInt32(piece.bytes.count)),
            to: &batch)
    }

    /// Log probabilities, which belong to the newest delta: its bytes are the batch's last.
    mutating func readLogprobs(_ reader: inout JSONReader, into batch: inout DeltaBatch) throws(JSONError) {
        isRepeatable = false
        let start = batch.bytes.count
        try reader.copyValue(into: &batch.bytes)
        batch.deltas[batch.deltas.count - 1].logprobsLength = UInt32(batch.bytes.count - start)
    }

    /// A piece of a tool call; `arguments` is where its piece of them is, which is read now. No delta where nothing is new.
    mutating func append(
        _ piece: ToolCallLedger.Piece, arguments: JSONReader.Mark?, choice: UInt16, reader: inout JSONReader,
        to batch: inout DeltaBatch
    ) throws(JSONError) {
        isRepeatable = false
        if piece.id.isEmpty, piece.name.isEmpty, arguments == nil { return }
        // More than that are refused when the text has been read; until then they are not searched through.
        guard calls.count <= limits.maxToolCalls else { return }
        let place = calls.place(piece, choice: choice)
        let offset = batch.bytes.count
        if let arguments {
            let end = reader.mark
            reader.go(to: arguments)
            try readArguments(
                &reader, TextPlace(kind: .toolCall, choice: choice, toolIndex: place.index), into: &batch.bytes)
            reader.go(to: end)
        }
        append(place, choice: choice, argumentsFrom: offset, to: &batch)
    }

    /// A tool call without arguments, as all whose names say it: an empty object.
    mutating func appendEmptyArguments(
        _ piece: ToolCallLedger.Piece, choice: UInt16 = 0, to batch: inout DeltaBatch
    ) {
        isRepeatable = false
        let place = calls.place(piece, choice: choice)
        let offset = batch.bytes.count
        batch.bytes.append(literal: "{}")
        append(place, choice: choice, argumentsFrom: offset, to: &batch)
    }

    private mutating func append(
        _ place: ToolCallLedger.Place, choice: UInt16, argumentsFrom offset: Int, to batch: inout DeltaBatch
    ) {
        let content = batch.bytes.count
        batch.bytes.append(escaping: place.newID.utf8Span.span)
        let id = batch.bytes.count
        batch.bytes.append(escaping: place.newName.utf8Span.span)
        let name = batch.bytes.count
        guard place.isNew || name > offset else { return }
        append(
            Delta(
                kind: .toolCall, choice: choice, toolIndex: place.index, offset: UInt32(offset),
                contentLength: UInt32(content - offset), idLength: UInt32(id - content), nameLength: UInt32(name - id)),
            to: &batch)
    }

    /// A string with JSON in it, in pieces; or the JSON itself, where a server sends whole calls as objects.
    private mutating func readArguments(
        _ reader: inout JSONReader, _ place: TextPlace, into bytes: inout [UInt8]
    ) throws(JSONError) {
        if try reader.peek() == .string {
            let held = torn.isEmpty ? nil : torn.take(place)
            if let half = try reader.readEscapedString(into: &bytes, continuing: held) { torn.keep(half, at: place) }
        } else {
            var value: [UInt8] = []
            try reader.copyValue(into: &value)
            bytes.append(escaping: value.span)
        }
    }
}
