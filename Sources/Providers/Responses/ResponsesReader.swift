import ByteCoding

/// OpenAI's Responses: events about the items of an output, or the response as a whole.
///
/// What an item says may come in deltas, or only when it is done, or only with the response at its end: each piece is taken
/// where it comes first.
struct ResponsesReader: DialectReader {
    var items = ResponsesItems()
    /// Some reasoning was heard: the next part of a summary is set off by a blank line.
    var hasReasoning = false

    mutating func read(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> ReadOutcome {
        let start = reader.mark
        let event = try ResponsesEvent(from: &reader)
        let end = reader.mark
        defer { reader.go(to: end) }
        switch event.type {
        case .textDelta: try readDelta(&reader, event, .text, into: &answer, &batch)
        case .refusalDelta: try readDelta(&reader, event, .refusal, into: &answer, &batch)
        case .reasoningDelta: try readDelta(&reader, event, .reasoning, into: &answer, &batch)
        case .argumentsDelta: try readArguments(&reader, event, into: &answer, &batch)
        case .summaryPartAdded:
            answer.isRepeatable = false
            if hasReasoning { separateReasoning(into: &answer, &batch) }
        case .itemAdded, .itemDone:
            answer.isRepeatable = false
            guard let item = event.item else { break }
            reader.go(to: item)
            let isKnown = try readItem(
                &reader, index: event.outputIndex, isDone: event.type == .itemDone, into: &answer, &batch)
            if isKnown { break }
            reader.go(to: start)
            try answer.appendExtra(&reader, to: &batch)
        case .responseNews, .responseEnd:
            answer.isRepeatable = false
            guard let response = event.response else { return event.type == .responseEnd ? .isDone : .goesOn }
            reader.go(to: response)
            return try readResponse(&reader, isEnd: event.type == .responseEnd, into: &answer, &batch)
        case .response:
            reader.go(to: start)
            return try readResponse(&reader, isEnd: true, into: &answer, &batch)
        case .error: return .reportsError(nil)
        case .repetition: break
        case .other:
            if event.hasError { return .reportsError(nil) }
            reader.go(to: start)
            try answer.appendExtra(&reader, to: &batch)
        }
        return .goesOn
    }

    // MARK: Deltas

    private mutating func readDelta(
        _ reader: inout JSONReader, _ event: ResponsesEvent, _ kind: Delta.Kind, into answer: inout AnswerDraft,
        _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard let delta = event.delta else { return }
        if let item = try items.position(of: event, in: &reader) { items.hear(kind, at: item) }
        if kind == .reasoning { hasReasoning = true }
        let firstDelta = batch.deltas.count
        reader.go(to: delta)
        try answer.readText(&reader, TextPlace(kind: kind, choice: 0), into: &batch)
        if let logprobs = event.logprobs, batch.deltas.count > firstDelta {
            reader.go(to: logprobs)
            try answer.readLogprobs(&reader, into: &batch)
        }
    }

    private mutating func readArguments(
        _ reader: inout JSONReader, _ event: ResponsesEvent, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        answer.isRepeatable = false
        guard let delta = event.delta, let item = try items.position(of: event, in: &reader) else { return }
        reader.go(to: delta)
        let isString = try reader.peek() == .string
        guard isString, try reader.skipValueRange().count > 2 else { return }
        items.hear(.toolCall, at: item)
        try answer.append(items.piece(at: item), arguments: delta, choice: 0, reader: &reader, to: &batch)
    }

    /// Parts of a summary are paragraphs, and say so only by being parts.
    mutating func separateReasoning(into answer: inout AnswerDraft, _ batch: inout DeltaBatch) {
        let offset = batch.bytes.count
        batch.bytes.append(literal: "\\n\\n")
        answer.appendText(from: offset, at: TextPlace(kind: .reasoning, choice: 0), to: &batch)
    }
}
