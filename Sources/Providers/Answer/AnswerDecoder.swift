import ByteCoding
import EventStream

/// Reads the body of one answer with status 200, in any pieces, into deltas. A pure value: no I/O, no clock.
///
/// Every piece is parsed in place; a text's bytes are copied once, still JSON-escaped, into the batch. What it keeps is
/// bounded by its limits.
package struct AnswerDecoder {
    /// What the body turned out to be.
    private enum Body {
        /// Nothing but white space so far.
        case undecided
        case eventStream
        /// A JSON object a line.
        case lines
        /// One JSON text, although a stream was asked for; kept until it is whole.
        case json
    }

    private let limits: DecoderLimits
    private let isDeclaredEventStream: Bool
    private let sendsLines: Bool
    private var body = Body.undecided
    private var events: EventStreamParser
    private var lines: LineSplitter
    private var answer: AnswerInTheMaking
    private var shape = EventShape()
    private var json: [UInt8] = []
    /// Not a single byte of body has come.
    package private(set) var isEmptyBody = true

    package init(
        dialect: Dialect, contentType: String?, options: DecoderOptions = DecoderOptions(),
        limits: DecoderLimits = DecoderLimits()
    ) {
        self.limits = limits
        isDeclaredEventStream = contentType?.lowercased().hasPrefix("text/event-stream") ?? false
        sendsLines = dialect == .ollama
        lines = LineSplitter(maxLineBytes: limits.maxEventBytes)
        events = EventStreamParser(maxEventBytes: limits.maxEventBytes)
        answer = AnswerInTheMaking(dialect: dialect, options: options, limits: limits)
    }

    package var state: DecoderState { answer.state }
    package var metadata: AnswerMetadata { answer.draft.metadata }
    /// The latest of each choice that gave one, in order of their coming.
    package var finishReasons: [FinishReason] { answer.draft.finishReasons }
    /// What was reported last.
    package var usage: TokenUsage? { answer.draft.usage }
    /// `usage` counts the output up to now. False while all that is known is what an answer began with (Anthropic's first event
    /// says one token, Gemini's chunks may count the prompt alone).
    package var isUsageCurrent: Bool { answer.draft.isUsageCurrent }
    /// With `keepsExtra`: one JSON object of what the answer says of itself that we have no words for; nil where that is nothing.
    package var extra: [UInt8]? {
        guard !answer.draft.extraOfAnswer.isEmpty else { return nil }
        var object: [UInt8] = []
        answer.draft.extraOfAnswer.write(to: &object)
        return object
    }
    /// At least one delta was made.
    package var hasOutput: Bool { answer.draft.hasOutput }

    /// Bytes held of what cannot be read yet: a piece of an event, or of a body that is one JSON text.
    package var heldByteCount: Int { events.heldByteCount + lines.heldByteCount + json.count }

    /// Reads a piece of the body; its deltas are appended to the batch. Does nothing in a final state.
    ///
    /// Returns whether more is expected: false when `state` has become final. (Reading `state` each time instead copies the
    /// decoder where it is held by a class: 200 instructions a chunk.)
    @discardableResult
    package mutating func feed(_ chunk: Span<UInt8>, into batch: inout DeltaBatch) -> Bool {
        guard !chunk.isEmpty, answer.isStreaming else { return answer.isStreaming }
        read(chunk, into: &batch)
        return answer.isStreaming
    }

    private mutating func read(_ chunk: Span<UInt8>, into batch: inout DeltaBatch) {
        isEmptyBody = false
        if case .undecided = body { decideBody(chunk) }
        switch body {
        case .undecided, .eventStream: feedEvents(chunk, into: &batch)
        case .lines: feedLines(chunk, into: &batch)
        case .json:
            // White space in front does not count: it may have come in pieces of its own, before this was known.
            let text = json.isEmpty ? chunk.extracting((chunk.firstIndexOfText ?? 0)...) : chunk
            guard json.count + text.count <= limits.maxBodyBytes else {
                json = []
                return answer.fail("The upstream's answer is larger than \(limits.maxBodyBytes) bytes.")
            }
            json.append(span: text)
        }
    }

    /// The body ended as HTTP says it should. Call it once, after the last piece.
    ///
    /// In a stream, an event that lacks its blank line counts if it is whole (see `EventStreamParser.finish()`), and is
    /// discarded without complaint if not: then the upstream broke off, which `state` says by still being `streaming`.
    package mutating func finish(into batch: inout DeltaBatch) {
        guard answer.isStreaming else { return }
        switch body {
        case .undecided: break
        case .eventStream: finishEvents(into: &batch)
        case .lines: finishLines(into: &batch)
        case .json:
            let whole = json
            json = []
            answer.takeWhole(whole.span, into: &batch)
        }
        answer.draft.flush(into: &batch)
    }

    // MARK: What kind of body

    /// The first byte tells more than the content type: servers send JSON errors and pages as event streams, and event
    /// streams as anything.
    private mutating func decideBody(_ chunk: Span<UInt8>) {
        for index in chunk.indices {
            switch chunk[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
            case UInt8(ascii: "{"): body = sendsLines ? .lines : .json
            case UInt8(ascii: "["): body = .json
            case UInt8(ascii: "<"): answer.fail("The upstream answered with a page, not with an event stream.")
            default: body = .eventStream
            }
            return
        }
    }

    // MARK: Event stream

    private mutating func feedEvents(_ chunk: Span<UInt8>, into batch: inout DeltaBatch) {
        do throws(EventStreamError) {
            try Self.move(chunk, through: &events, to: &answer, shape: &shape, batch: &batch)
        } catch {
            answer.fail("The upstream sent an event larger than \(limits.maxEventBytes) bytes.")
        }
    }

    /// Parser and answer are apart here, because an event's data lives in the one while the other takes it in.
    private static func move(
        _ chunk: Span<UInt8>, through events: inout EventStreamParser, to answer: inout AnswerInTheMaking,
        shape: inout EventShape, batch: inout DeltaBatch
    ) throws(EventStreamError) {
        var offset = 0
        while answer.isStreaming {
            let isAtStart = events.isBetweenEvents
            if isAtStart {
                while answer.take(&shape, in: chunk, from: &offset, into: &batch) {}
            }
            let start = offset
            guard let event = try events.next(in: chunk, from: &offset) else { return }
            let name = AnswerInTheMaking.EventName(event, in: events)
            switch event.payload {
            case .chunk(let range):
                answer.take(chunk.extracting(range), of: name, into: &batch)
                guard isAtStart, name != .error, events.isBetweenEvents, let text = answer.draft.repeatable else {
                    shape.forget()
                    continue
                }
                let lower = range.lowerBound + text.range.lowerBound
                shape.remember(
                    start..<offset, of: chunk, data: range, text: lower..<lower + text.range.count, at: text.place)
            case .buffered:
                answer.take(events.buffered, of: name, into: &batch)
                shape.forget()
            }
        }
    }

    private mutating func finishEvents(into batch: inout DeltaBatch) {
        Self.finish(&events, answer: &answer, batch: &batch)
        if answer.isStreaming, answer.eventCount == 0, !isDeclaredEventStream {
            answer.fail("The upstream's answer is not an event stream.")
        }
    }

    // MARK: Lines

    private mutating func feedLines(_ chunk: Span<UInt8>, into batch: inout DeltaBatch) {
        var offset = 0
        do throws(EventStreamError) {
            while answer.isStreaming, let line = try lines.next(in: chunk, from: &offset) {
                switch line {
                case .chunk(let range): answer.take(chunk.extracting(range), of: .none, into: &batch)
                case .buffered: Self.take(lines, by: &answer, &batch)
                }
            }
        } catch {
            answer.fail("The upstream sent a line larger than \(limits.maxEventBytes) bytes.")
        }
    }

    private mutating func finishLines(into batch: inout DeltaBatch) {
        guard lines.finish() else { return }
        Self.takeLast(lines, by: &answer, &batch)
    }

    /// Lines and answer are apart here, because a line's bytes live in the one while the other takes them in.
    private static func take(
        _ lines: borrowing LineSplitter, by answer: inout AnswerInTheMaking, _ batch: inout DeltaBatch
    ) {
        answer.take(lines.buffered, of: .none, into: &batch)
    }

    private static func takeLast(
        _ lines: borrowing LineSplitter, by answer: inout AnswerInTheMaking, _ batch: inout DeltaBatch
    ) {
        answer.takeUnterminated(lines.buffered, of: .none, into: &batch)
    }

    private static func finish(
        _ events: inout EventStreamParser, answer: inout AnswerInTheMaking, batch: inout DeltaBatch
    ) {
        do throws(EventStreamError) {
            guard let event = try events.finish() else { return }
            let name = AnswerInTheMaking.EventName(event, in: events)
            answer.takeUnterminated(events.buffered, of: name, into: &batch)
        } catch {
            answer.fail("The upstream sent an event larger than \(events.maxEventBytes) bytes.")
        }
    }
}
