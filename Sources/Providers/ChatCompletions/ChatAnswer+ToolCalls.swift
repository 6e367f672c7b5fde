import ByteCoding

/// `tool_calls`, in pieces or whole, and the older `function_call`.
extension ChatAnswer {
    mutating func readToolCalls(
        _ reader: inout JSONReader, choice: UInt16, into batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .array else { return try reader.skipValue() }
        try reader.beginArray()
        while try reader.nextElement() {
            isRepeatable = false
            var piece = ToolCallLedger.Piece()
            var arguments: JSONReader.Mark?
            try readCall(&reader, piece: &piece, arguments: &arguments)
            try append(piece, arguments: arguments, choice: choice, reader: &reader, to: &batch)
        }
    }

    /// One call without index and id, as before there were several.
    mutating func readFunctionCall(
        _ reader: inout JSONReader, choice: UInt16, into batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .object else { return try reader.skipValue() }
        isRepeatable = false
        var piece = ToolCallLedger.Piece(slot: 0)
        var arguments: JSONReader.Mark?
        try readCall(&reader, piece: &piece, arguments: &arguments)
        try append(piece, arguments: arguments, choice: choice, reader: &reader, to: &batch)
    }

    /// A call, or the `function` in it; `arguments` is where they are, to be read once the call is known.
    private func readCall(
        _ reader: inout JSONReader, piece: inout ToolCallLedger.Piece, arguments: inout JSONReader.Mark?
    ) throws(JSONError) {
        guard try reader.peek() == .object else { return try reader.skipValue() }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "function") || reader.key(key, is: "custom") {
                try readCall(&reader, piece: &piece, arguments: &arguments)
            } else if reader.key(key, is: "arguments") || reader.key(key, is: "input") {
                let kind = try reader.peek()
                let mark = reader.mark
                let written = try reader.skipValueRange()
                if kind != .null, kind != .string || written.count > 2 { arguments = mark }
            } else if reader.key(key, is: "index") {
                piece.slot = try reader.readInt().flatMap { UInt16(exactly: $0) }
            } else if reader.key(key, is: "id") {
                piece.id = try reader.readTextOrNumber() ?? ""
            } else if reader.key(key, is: "name") {
                piece.name = try reader.readText() ?? ""
            } else {
                try reader.skipValue()
            }
        }
    }

    private mutating func append(
        _ piece: ToolCallLedger.Piece, arguments: JSONReader.Mark?, choice: UInt16, reader: inout JSONReader,
        to batch: inout DeltaBatch
    ) throws(JSONError) {
        if piece.id.isEmpty, piece.name.isEmpty, arguments == nil { return }
        let place = calls.place(piece, choice: choice)
        let offset = batch.bytes.count
        if let arguments {
            let end = reader.mark
            reader.go(to: arguments)
            try readArguments(
                &reader, TextPlace(kind: .toolCall, choice: choice, toolIndex: place.index), into: &batch.bytes)
            reader.go(to: end)
        }
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
