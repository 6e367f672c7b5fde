import ByteCoding

/// One answer in the chat-completions dialect, as far as it has come: reads its JSON objects (chunks of a stream, or the
/// whole answer as one) and remembers what later ones have to be understood by.
struct ChatAnswer {
    let limits: DecoderLimits
    var metadata = AnswerMetadata()
    var finishReasons: [FinishReason] = []
    var usage: TokenUsage?
    /// Some object had a `choices` array.
    var sawChoices = false
    var torn = TornText()
    var calls = ToolCallLedger()
    var highestChoice: UInt16 = 0
    /// Nothing that the event read last says depends on its text, but that it says that text.
    var isRepeatable = true
    /// Where the event read last has text that is not empty, between the quotes, and how many such texts it has.
    private var text: (range: Range<Int>, place: TextPlace)?
    private var texts = 0
    /// A bit for each choice that has had output; from 63 on they share one.
    private var choicesWithOutput: UInt64 = 0

    init(limits: DecoderLimits) {
        self.limits = limits
    }

    var hasOutput: Bool { choicesWithOutput != 0 }

    /// The text of the event read last, if an object that differs from it in this text alone says the same but for it.
    ///
    /// What an object sets beside its text (names, usage, reasons, what was seen) it would only set again. The exceptions
    /// clear `isRepeatable`: tool calls, which are counted; logprobs, which belong to their text; a `message` that is read only
    /// while there is no output; a second reasoning, which is compared with the first; a surrogate half from before.
    var repeatable: (range: Range<Int>, place: TextPlace)? {
        isRepeatable && texts == 1 ? text : nil
    }

    /// A new event begins.
    mutating func forgetTexts() {
        isRepeatable = true
        texts = 0
    }

    mutating func noteText(_ range: Range<Int>, at place: TextPlace) {
        guard !range.isEmpty else { return }
        text = (range, place)
        texts += 1
    }

    enum Outcome {
        case read, reportsError
    }

    /// Appends the object's deltas to the batch, also those of one that reports an error besides. Of an object that
    /// cannot be read there is no delta.
    mutating func read(_ json: Span<UInt8>, into batch: inout DeltaBatch) throws(ChatAnswerError) -> Outcome {
        let (bytes, deltas, output) = (batch.bytes.count, batch.deltas.count, choicesWithOutput)
        do throws(ChatAnswerError) {
            return try readObject(json, into: &batch)
        } catch {
            batch.shorten(toBytes: bytes, deltas: deltas)
            choicesWithOutput = output
            throw error
        }
    }

    private mutating func readObject(
        _ json: Span<UInt8>, into batch: inout DeltaBatch
    ) throws(ChatAnswerError) -> Outcome {
        let outcome: Outcome
        do throws(JSONError) {
            var reader = JSONReader(json)
            outcome = try readRoot(&reader, into: &batch)
            try reader.finish()
        } catch {
            throw .json(error)
        }
        if calls.count > limits.maxToolCalls { throw .tooManyToolCalls(limits.maxToolCalls) }
        if highestChoice >= limits.maxChoices { throw .tooManyChoices(limits.maxChoices) }
        return outcome
    }

    private mutating func readRoot(
        _ reader: inout JSONReader, into batch: inout DeltaBatch
    ) throws(JSONError) -> Outcome {
        var reportsError = false
        var hasChoices = false
        // Without choices, any of these says that something went wrong.
        var hasComplaint = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "choices") {
                hasChoices = try readChoices(&reader, into: &batch)
            } else if reader.key(key, is: "id") {
                if metadata.id == nil { metadata.id = try reader.readName() } else { try reader.skipValue() }
            } else if reader.key(key, is: "model") {
                if metadata.model == nil { metadata.model = try reader.readName() } else { try reader.skipValue() }
            } else if reader.key(key, is: "created") {
                if metadata.created == nil { try readCreated(&reader) } else { try reader.skipValue() }
            } else if reader.key(key, is: "usage") {
                try readUsage(&reader)
            } else if reader.key(key, is: "x_groq") {
                try readGroqExtension(&reader)
            } else if reader.key(key, is: "error") {
                reportsError = try !reader.skipValueIsBlank()
            } else if reader.key(key, is: "message") || reader.key(key, is: "detail") {
                hasComplaint = try !reader.skipValueIsBlank() || hasComplaint
            } else {
                try reader.skipValue()
            }
        }
        if hasChoices { sawChoices = true }
        return reportsError || (hasComplaint && !hasChoices) ? .reportsError : .read
    }

    private mutating func readCreated(_ reader: inout JSONReader) throws(JSONError) {
        if let created = try reader.readInt(), created > 0 { metadata.created = created }
    }

    /// The counts reported last are the right ones: some servers count up in every chunk.
    private mutating func readUsage(_ reader: inout JSONReader) throws(JSONError) {
        if let reported = try TokenUsage(from: &reader) { usage = reported }
    }

    /// Groq's own member, which has the usage where the request did not ask for it.
    private mutating func readGroqExtension(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .object else { return try reader.skipValue() }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "usage") {
                try readUsage(&reader)
            } else {
                try reader.skipValue()
            }
        }
    }

    /// The end of the answer: a surrogate half that waits has waited in vain.
    mutating func flush(into batch: inout DeltaBatch) {
        guard !torn.isEmpty else { return }
        for place in torn.takeAll() {
            let offset = batch.bytes.count
            batch.bytes.appendReplacementCharacter()
            append(
                Delta(
                    kind: place.kind, choice: place.choice, toolIndex: place.toolIndex, offset: UInt32(offset),
                    contentLength: UInt32(batch.bytes.count - offset)),
                to: &batch)
        }
    }

    // MARK: What choices report

    func hasOutput(choice: UInt16) -> Bool {
        choicesWithOutput & Self.bit(of: choice) != 0
    }

    mutating func append(_ delta: Delta, to batch: inout DeltaBatch) {
        choicesWithOutput |= Self.bit(of: delta.choice)
        batch.deltas.append(delta)
    }

    private static func bit(of choice: UInt16) -> UInt64 { 1 &<< UInt64(min(choice, 63)) }

    mutating func finish(choice: UInt16, reason: String) {
        let reason = FinishReason(choice: Int(choice), word: reason, kind: Self.kind(of: reason))
        if let index = finishReasons.firstIndex(where: { $0.choice == reason.choice }) {
            finishReasons[index] = reason
        } else {
            finishReasons.append(reason)
        }
    }

    /// OpenAI's words, and those that its imitators say in their place.
    private static func kind(of word: String) -> FinishReason.Kind {
        switch word {
        case "stop", "eos", "end_turn", "stop_sequence": .stop
        case "length", "max_tokens", "model_length": .length
        case "tool_calls", "function_call", "tool_use": .toolCalls
        case "content_filter", "safety": .contentFilter
        default: .other
        }
    }
}

/// Why a JSON text is not part of an answer.
enum ChatAnswerError: Error, Equatable {
    case json(JSONError)
    case tooManyChoices(Int)
    case tooManyToolCalls(Int)

    var sentence: String {
        switch self {
        case .json(let error): "The upstream sent JSON that cannot be read: \(error.reason)."
        case .tooManyChoices(let limit): "The upstream's answer has more than \(limit) choices."
        case .tooManyToolCalls(let limit): "The upstream's answer has more than \(limit) tool calls."
        }
    }
}
