import ByteCoding

/// What has come of one answer so far, whatever dialect it is in. Readers write it, by few verbs; the decoder reads it.
struct AnswerDraft {
    let limits: DecoderLimits
    /// `extra`'s members are wanted; without, they cost nothing.
    let keepsExtra: Bool
    let readsInlineThinking: Bool
    var metadata = AnswerMetadata()
    private(set) var finishReasons: [FinishReason] = []
    private(set) var usage: TokenUsage?
    /// `usage` has the output's count up to now, not a number from before its beginning.
    private(set) var isUsageCurrent = false
    /// Something was part of an answer: tells a whole body that is one from any other JSON.
    var isAnswer = false
    var torn = TornText()
    var calls = ToolCallLedger()
    private(set) var highestChoice: UInt16 = 0
    /// Nothing that the event read last says depends on its text, but that it says that text.
    var isRepeatable = true
    /// Where the event read last has text that is not empty, between the quotes, and how many such texts it has.
    private var text: (range: Range<Int>, place: TextPlace)?
    private var texts = 0
    /// A bit for each choice that has had output; from 63 on they share one.
    private var choicesWithOutput: UInt64 = 0
    var thinking = InlineThinking()
    /// Of the piece of content that is read; of the JSON text that is read, as far as it is news; of the answer as a whole.
    var extra = ExtraMembers()
    var extraNews = ExtraMembers()
    var extraOfAnswer = ExtraMembers()
    /// A delta of kind `extra` was made.
    var hasExtraOutput = false

    init(options: DecoderOptions, limits: DecoderLimits) {
        self.limits = limits
        keepsExtra = options.keepsExtra
        readsInlineThinking = options.readsInlineThinking
    }

    // MARK: Texts that repeat

    /// The text of the event read last, if an object that differs from it in this text alone says the same but for it.
    ///
    /// What an object sets beside its text (names, usage, reasons, what was seen) it would only set again. Whatever else depends
    /// on its text, or on what came before, clears `isRepeatable`: tool calls, which are counted; logprobs, which belong to their
    /// text; a `message` that is read only while there is no output; a second reasoning, which is compared with the first; a
    /// surrogate half from before.
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

    // MARK: Deltas

    var hasOutput: Bool { choicesWithOutput != 0 || hasExtraOutput }

    /// The choice has said something, or begun to.
    func hasOutput(choice: UInt16) -> Bool {
        choicesWithOutput & Self.bit(of: choice) != 0 || readsInlineThinking && thinking.holds(choice: choice)
    }

    /// Choices are numbered from 0; the highest number is limited.
    mutating func note(choice: UInt16) {
        highestChoice = max(highestChoice, choice)
    }

    /// Appends a delta whose bytes are the batch's last.
    mutating func append(_ delta: Delta, to batch: inout DeltaBatch) {
        choicesWithOutput |= Self.bit(of: delta.choice)
        batch.deltas.append(delta)
    }

    /// What an event that turns out to be unreadable has to be taken back to.
    struct Output {
        fileprivate let bytes: Int
        fileprivate let deltas: Int
        fileprivate let choices: UInt64
        fileprivate let hasExtra: Bool
    }

    func output(in batch: borrowing DeltaBatch) -> Output {
        Output(
            bytes: batch.bytes.count, deltas: batch.deltas.count, choices: choicesWithOutput, hasExtra: hasExtraOutput)
    }

    mutating func takeBack(_ batch: inout DeltaBatch, to output: Output) {
        batch.shorten(toBytes: output.bytes, deltas: output.deltas)
        choicesWithOutput = output.choices
        hasExtraOutput = output.hasExtra
    }

    private static func bit(of choice: UInt16) -> UInt64 { 1 &<< UInt64(min(choice, 63)) }

    /// The end of the answer: what waits for the rest of itself has waited in vain.
    mutating func flush(into batch: inout DeltaBatch) {
        for place in torn.isEmpty ? [] : torn.takeAll() {
            let offset = batch.bytes.count
            batch.bytes.appendReplacementCharacter()
            if place.kind != .toolCall {
                appendText(from: offset, at: place, to: &batch)
                continue
            }
            append(
                Delta(
                    kind: place.kind, choice: place.choice, toolIndex: place.toolIndex, offset: UInt32(offset),
                    contentLength: UInt32(batch.bytes.count - offset)),
                to: &batch)
        }
        if readsInlineThinking { flushThinking(into: &batch) }
    }

    // MARK: What the answer says of itself

    /// What is said first stays.
    mutating func readID(_ reader: inout JSONReader) throws(JSONError) {
        if metadata.id == nil { metadata.id = try reader.readName() } else { try reader.skipValue() }
    }

    mutating func readModel(_ reader: inout JSONReader) throws(JSONError) {
        if metadata.model == nil { metadata.model = try reader.readName() } else { try reader.skipValue() }
    }

    /// Unix seconds, perhaps with a fraction.
    mutating func readCreated(_ reader: inout JSONReader) throws(JSONError) {
        guard metadata.created == nil else { return try reader.skipValue() }
        if let created = try reader.readDouble(), created >= 1 {
            metadata.created = Int(exactly: created.rounded(.down))
        }
    }

    /// A point of time in words.
    mutating func readCreated(rfc3339 reader: inout JSONReader) throws(JSONError) {
        guard metadata.created == nil else { return try reader.skipValue() }
        metadata.created = try reader.readText().flatMap(Timestamp.seconds(rfc3339:))
    }

    /// The counts reported last are the right ones: some servers count up in every chunk.
    mutating func report(_ usage: TokenUsage, isCurrent: Bool = true) {
        self.usage = usage
        isUsageCurrent = isCurrent
    }

    mutating func finish(choice: UInt16 = 0, word: String, kind: FinishReason.Kind) {
        let reason = FinishReason(choice: Int(choice), word: word, kind: kind)
        if let index = finishReasons.firstIndex(where: { $0.choice == reason.choice }) {
            finishReasons[index] = reason
        } else {
            finishReasons.append(reason)
        }
    }
}
