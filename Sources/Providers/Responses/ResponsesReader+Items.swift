import ByteCoding

/// Items of the output: messages, reasoning, calls. Those of the provider's own tools are none of our calls.
extension ResponsesReader {
    private enum Item {
        case message, reasoning, call, customCall, other
    }

    /// An item as it begins, or as it is done. False where it is done and of a kind that we have no words for.
    mutating func readItem(
        _ reader: inout JSONReader, index: Int?, isDone: Bool, into answer: inout AnswerDraft,
        _ batch: inout DeltaBatch
    ) throws(JSONError) -> Bool {
        var type = Item.other
        var id: String?
        var call = ToolCallLedger.Piece()
        var arguments: JSONReader.Mark?
        var content: JSONReader.Mark?
        var summary: JSONReader.Mark?
        guard try reader.beginObjectIfAny() else { return true }
        while let key = try reader.nextKey() {
            if reader.key(key, is: "type") {
                type = try Self.item(&reader)
            } else if reader.key(key, is: "id") {
                id = try reader.readText()
            } else if reader.key(key, is: "call_id") {
                call.id = try reader.readText() ?? ""
            } else if reader.key(key, is: "name") {
                call.name = try reader.readText() ?? ""
            } else if reader.key(key, is: "arguments") || reader.key(key, is: "input") {
                let place = reader.mark
                if try !reader.skipValueIsBlank() { arguments = place }
            } else if reader.key(key, is: "content") {
                content = try reader.skipToMark()
            } else if reader.key(key, is: "summary") {
                summary = try reader.skipToMark()
            } else {
                try reader.skipValue()
            }
        }
        let end = reader.mark
        defer { reader.go(to: end) }
        guard let position = items.position(index: index, id: id) else { return true }
        switch type {
        case .call, .customCall:
            call.slot = items.piece(at: position).slot
            if call.id.isEmpty { call.id = id ?? "" }
            let isNew = try readCall(&reader, call, arguments, at: position, isDone: isDone, into: &answer, &batch)
            // A custom tool's input is free text, and may be none.
            if isNew, arguments == nil, isDone, type == .call { answer.appendEmptyArguments(call, to: &batch) }
        case .message, .reasoning:
            let parts = type == .message ? [content] : [summary, content]
            for place in parts {
                guard let place, isDone else { continue }
                reader.go(to: place)
                try readParts(&reader, at: position, isReasoning: type == .reasoning, into: &answer, &batch)
            }
        case .other:
            guard isDone, !items.hasHeard(.extra, at: position) else { break }
            items.hear(.extra, at: position)
            return false
        }
        return true
    }

    private static func item(_ reader: inout JSONReader) throws(JSONError) -> Item {
        guard let word = try reader.readWord() else { return .other }
        if reader.key(word, is: "message") { return .message }
        if reader.key(word, is: "reasoning") { return .reasoning }
        if reader.key(word, is: "function_call") { return .call }
        return reader.key(word, is: "custom_tool_call") ? .customCall : .other
    }

    /// Arguments that came in deltas are not read again; a function's call that is done without any has an empty object of them.
    /// True where none had come before.
    private mutating func readCall(
        _ reader: inout JSONReader, _ call: ToolCallLedger.Piece, _ arguments: JSONReader.Mark?, at position: Int,
        isDone: Bool, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> Bool {
        let isNew = !items.hasHeard(.toolCall, at: position)
        try answer.append(call, arguments: isNew ? arguments : nil, choice: 0, reader: &reader, to: &batch)
        if arguments != nil || isDone { items.hear(.toolCall, at: position) }
        return isNew
    }

    /// The parts of a message (`output_text`, `refusal`) or of reasoning (`summary_text`, `reasoning_text`) that is done.
    private mutating func readParts(
        _ reader: inout JSONReader, at position: Int, isReasoning: Bool, into answer: inout AnswerDraft,
        _ batch: inout DeltaBatch
    ) throws(JSONError) {
        let wasHeard = items.hasHeard(isReasoning ? .reasoning : .text, at: position)
        let refusalWasHeard = items.hasHeard(.refusal, at: position)
        guard try reader.beginArrayIfAny() else { return }
        while try reader.nextElement() {
            guard try reader.beginObjectIfAny() else { continue }
            while let key = try reader.nextKey() {
                if reader.key(key, is: "text"), !wasHeard {
                    if isReasoning, hasReasoning { separateReasoning(into: &answer, &batch) }
                    try readPart(&reader, isReasoning ? .reasoning : .text, at: position, into: &answer, &batch)
                } else if reader.key(key, is: "refusal"), !refusalWasHeard {
                    try readPart(&reader, .refusal, at: position, into: &answer, &batch)
                } else if reader.key(key, is: "annotations"), !wasHeard {
                    try answer.skipExtra(key, &reader)
                } else {
                    try reader.skipValue()
                }
            }
            answer.appendExtra(choice: 0, to: &batch)
        }
    }

    private mutating func readPart(
        _ reader: inout JSONReader, _ kind: Delta.Kind, at position: Int, into answer: inout AnswerDraft,
        _ batch: inout DeltaBatch
    ) throws(JSONError) {
        items.hear(kind, at: position)
        if kind == .reasoning { hasReasoning = true }
        try answer.readText(&reader, TextPlace(kind: kind, choice: 0), into: &batch)
    }
}
