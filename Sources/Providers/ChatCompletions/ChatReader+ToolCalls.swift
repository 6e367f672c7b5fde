import ByteCoding

/// `tool_calls`, in pieces or whole, and the older `function_call`.
extension ChatReader {
    func readToolCalls(
        _ reader: inout JSONReader, choice: UInt16, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .array else { return try reader.skipValue() }
        try reader.beginArray()
        while try reader.nextElement() {
            answer.isRepeatable = false
            var piece = ToolCallLedger.Piece(countsCalls: true)
            var arguments: JSONReader.Mark?
            try readCall(&reader, piece: &piece, arguments: &arguments)
            try answer.append(piece, arguments: arguments, choice: choice, reader: &reader, to: &batch)
        }
    }

    /// One call without index and id, as before there were several.
    func readFunctionCall(
        _ reader: inout JSONReader, choice: UInt16, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.peek() == .object else { return try reader.skipValue() }
        answer.isRepeatable = false
        var piece = ToolCallLedger.Piece(slot: 0)
        var arguments: JSONReader.Mark?
        try readCall(&reader, piece: &piece, arguments: &arguments)
        try answer.append(piece, arguments: arguments, choice: choice, reader: &reader, to: &batch)
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
}
