import ByteCoding

/// Calls that come whole, in dialects that need not give them an id.
extension AnswerDraft {
    /// An object with `name`, perhaps `id`, and the member named `arguments`; or one that has such an object as its `function`.
    ///
    /// Without an id the call gets one that is made from the answer's own id and the call's number, so that the result of a
    /// tool can say whose it is: the same answer gives the same ids.
    mutating func readWholeCall(
        _ reader: inout JSONReader, arguments name: StaticString, choice: UInt16, into batch: inout DeltaBatch
    ) throws(JSONError) {
        isRepeatable = false
        var piece = ToolCallLedger.Piece()
        var arguments: JSONReader.Mark?
        try readCall(&reader, arguments: name, piece: &piece, place: &arguments)
        guard !piece.name.isEmpty, calls.count <= limits.maxToolCalls else { return }
        if piece.id.isEmpty {
            let whose = metadata.id ?? metadata.created.map { String($0) } ?? "0"
            piece.id = "call_\(whose)_\(choice == 0 ? "" : "\(choice)_")\(calls.nextIndex(choice: choice))"
        }
        try append(piece, arguments: arguments, choice: choice, reader: &reader, to: &batch)
        if arguments == nil { appendEmptyArguments(piece, choice: choice, to: &batch) }
    }

    private func readCall(
        _ reader: inout JSONReader, arguments name: StaticString, piece: inout ToolCallLedger.Piece,
        place: inout JSONReader.Mark?
    ) throws(JSONError) {
        guard try reader.beginObjectIfAny() else { return }
        while let key = try reader.nextKey() {
            if reader.key(key, is: "function") {
                try readCall(&reader, arguments: name, piece: &piece, place: &place)
            } else if reader.key(key, is: "name") {
                piece.name = try reader.readText() ?? ""
            } else if reader.key(key, is: "id") {
                piece.id = try reader.readText() ?? ""
            } else if reader.key(key, is: name) {
                place = try reader.skipToMark()
            } else {
                try reader.skipValue()
            }
        }
    }
}
