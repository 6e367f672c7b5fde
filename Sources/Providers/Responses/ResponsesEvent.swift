import ByteCoding

/// One event of a Responses stream, as its outermost members tell: what it is, and where its parts are.
struct ResponsesEvent {
    enum Kind {
        case textDelta, refusalDelta, reasoningDelta, argumentsDelta
        case summaryPartAdded, itemAdded, itemDone
        /// `response.created` and other news of a response that goes on.
        case responseNews
        /// `response.completed`, `.incomplete`, `.failed` or `.done`: the response's own status says which.
        case responseEnd
        /// Says again, whole, what deltas or items say too.
        case repetition
        /// No event: a response as a whole.
        case response
        case error, other
    }

    private(set) var type = Kind.other
    /// The item that it is about, by its number in the output and by its id. Not every server gives both.
    private(set) var outputIndex: Int?
    private(set) var itemID: JSONReader.Mark?
    private(set) var delta: JSONReader.Mark?
    private(set) var logprobs: JSONReader.Mark?
    private(set) var item: JSONReader.Mark?
    private(set) var response: JSONReader.Mark?
    /// It has an `error` that says something.
    private(set) var hasError = false

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "type") {
                if let word = try reader.readWord() { type = Self.kind(of: word, in: reader) }
            } else if reader.key(key, is: "delta") {
                delta = try reader.skipToMark()
            } else if reader.key(key, is: "output_index") {
                outputIndex = try reader.readInt()
            } else if reader.key(key, is: "item_id") {
                itemID = try reader.skipToMark()
            } else if reader.key(key, is: "logprobs") {
                let place = reader.mark
                if try !reader.skipValueIsBlank() { logprobs = place }
            } else if reader.key(key, is: "item") {
                item = try reader.skipToMark()
            } else if reader.key(key, is: "response") {
                response = try reader.skipToMark()
            } else if reader.key(key, is: "error") {
                hasError = try !reader.skipValueIsBlank()
            } else if reader.key(key, is: "object") {
                if let word = try reader.readWord(), reader.key(word, is: "response") { type = .response }
            } else {
                try reader.skipValue()
            }
        }
    }

    private static func kind(of word: Range<Int>, in reader: borrowing JSONReader) -> Kind {
        if reader.key(word, is: "response.output_text.delta") { return .textDelta }
        if reader.key(word, is: "response.function_call_arguments.delta")
            || reader.key(word, is: "response.custom_tool_call_input.delta")
        {
            return .argumentsDelta
        }
        if reader.key(word, is: "response.reasoning_summary_text.delta")
            || reader.key(word, is: "response.reasoning_text.delta")
        {
            return .reasoningDelta
        }
        if reader.key(word, is: "response.reasoning_summary_part.added") { return .summaryPartAdded }
        if reader.key(word, is: "response.output_item.added") { return .itemAdded }
        if reader.key(word, is: "response.output_item.done") { return .itemDone }
        if reader.key(word, is: "response.refusal.delta") { return .refusalDelta }
        if reader.key(word, is: "response.completed") || reader.key(word, is: "response.incomplete")
            || reader.key(word, is: "response.failed")
        {
            return .responseEnd
        }
        // OpenRouter's words, as its pages about this API have them.
        if reader.key(word, is: "response.content_part.delta") { return .textDelta }
        if reader.key(word, is: "response.reasoning.delta") { return .reasoningDelta }
        if reader.key(word, is: "response.done") { return .responseEnd }
        if reader.key(word, is: "response.created") || reader.key(word, is: "response.in_progress")
            || reader.key(word, is: "response.queued")
        {
            return .responseNews
        }
        if reader.key(word, is: "error") { return .error }
        let isRepetition =
            reader.key(word, is: "response.output_text.done") || reader.key(word, is: "response.content_part.added")
            || reader.key(word, is: "response.content_part.done") || reader.key(word, is: "response.refusal.done")
            || reader.key(word, is: "response.reasoning_summary_text.done")
            || reader.key(word, is: "response.reasoning_summary_part.done")
            || reader.key(word, is: "response.reasoning_text.done")
            || reader.key(word, is: "response.function_call_arguments.done")
            || reader.key(word, is: "response.custom_tool_call_input.done")
        return isRepetition ? .repetition : .other
    }
}
