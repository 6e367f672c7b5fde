import ByteCoding

/// Anthropic's Messages: events that open a message and its content blocks, fill and close them; or the message as a whole.
struct AnthropicReader: DialectReader {
    /// A content block that is a tool call, while it is open.
    struct OpenCall {
        let index: UInt16
        var hasArguments: Bool
    }

    /// Blocks that are open at a time. (Anthropic's come one after the other.)
    private static let maxOpenCalls = 64

    var openCalls: [OpenCall] = []
    var usage = AnthropicUsage()

    mutating func read(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> ReadOutcome {
        let start = reader.mark
        let event = try AnthropicEvent(from: &reader)
        let end = reader.mark
        defer { reader.go(to: end) }
        switch event.type {
        case .blockDelta:
            guard let delta = event.delta else { break }
            reader.go(to: delta)
            guard try !readDelta(&reader, block: event.index, into: &answer, &batch) else { break }
            reader.go(to: start)
            try answer.appendExtra(&reader, to: &batch)
        case .blockStart:
            answer.isRepeatable = false
            guard let block = event.block else { break }
            reader.go(to: block)
            guard try !readBlock(&reader, index: event.index, isWhole: false, into: &answer, &batch) else { break }
            reader.go(to: start)
            try answer.appendExtra(&reader, to: &batch)
        case .blockStop:
            answer.isRepeatable = false
            closeCall(event.index, into: &answer, &batch)
        case .messageStart:
            answer.isRepeatable = false
            guard let message = event.message else { break }
            reader.go(to: message)
            try readMessage(&reader, isWhole: false, into: &answer, &batch)
        case .message:
            reader.go(to: start)
            try readMessage(&reader, isWhole: true, into: &answer, &batch)
        case .messageDelta:
            answer.isRepeatable = false
            try readMessageDelta(&reader, event, into: &answer)
        case .messageStop: return .isDone
        case .error: return .reportsError(nil)
        case .ping: break
        case .other:
            if event.hasError { return .reportsError(nil) }
            reader.go(to: start)
            try answer.appendExtra(&reader, to: &batch)
        }
        return .goesOn
    }

    // MARK: The message

    /// The message of `message_start`, or a whole one.
    private mutating func readMessage(
        _ reader: inout JSONReader, isWhole: Bool, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        answer.isAnswer = true
        guard try reader.beginObjectIfAny() else { return }
        while let key = try reader.nextKey() {
            if reader.key(key, is: "id") {
                try answer.readID(&reader)
            } else if reader.key(key, is: "model") {
                try answer.readModel(&reader)
            } else if reader.key(key, is: "content") {
                try readContent(&reader, into: &answer, &batch)
            } else if reader.key(key, is: "stop_reason") {
                if let word = try reader.readName() { answer.finish(word: word, kind: Self.kind(of: word)) }
            } else if reader.key(key, is: "usage") {
                try answer.copyExtraOfAnswer(key, isTold: false, &reader)
                try usage.read(&reader)
                if let counts = usage.counts { answer.report(counts, isCurrent: isWhole) }
            } else if reader.key(key, is: "type") || reader.key(key, is: "role") {
                try reader.skipValue()
            } else {
                try answer.skipExtraOfAnswer(key, isTold: false, &reader)
            }
        }
    }

    /// `content` of a message that is whole.
    private mutating func readContent(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) {
        guard try reader.beginArrayIfAny() else { return }
        var index: UInt16 = 0
        while try reader.nextElement() {
            let place = reader.mark
            if try !readBlock(&reader, index: index, isWhole: true, into: &answer, &batch) {
                reader.go(to: place)
                try answer.appendExtra(&reader, to: &batch)
            }
            index &+= 1
        }
    }

    /// `message_delta`: why the message ended, and the counts as they are now.
    private mutating func readMessageDelta(
        _ reader: inout JSONReader, _ event: AnthropicEvent, into answer: inout AnswerDraft
    ) throws(JSONError) {
        if let delta = event.delta {
            reader.go(to: delta)
            if try reader.beginObjectIfAny() {
                while let key = try reader.nextKey() {
                    if reader.key(key, is: "stop_reason") {
                        if let word = try reader.readName() { answer.finish(word: word, kind: Self.kind(of: word)) }
                    } else {
                        try answer.skipExtraOfAnswer(key, isTold: false, &reader)
                    }
                }
            }
        }
        if let counts = event.usage {
            reader.go(to: counts)
            try usage.read(&reader)
            if let counts = usage.counts { answer.report(counts) }
        }
    }

    static func kind(of word: String) -> FinishReason.Kind {
        switch word {
        case "end_turn", "stop_sequence": .stop
        case "max_tokens", "model_context_window_exceeded": .length
        case "tool_use": .toolCalls
        case "refusal": .contentFilter
        default: .other
        }
    }

    // MARK: Calls that are open

    /// Arguments have come for the block; false where it is no tool call of ours.
    mutating func takeArguments(_ index: UInt16) -> Bool {
        guard let position = openCalls.firstIndex(where: { $0.index == index }) else { return false }
        openCalls[position].hasArguments = true
        return true
    }

    mutating func openCall(_ index: UInt16, hasArguments: Bool) {
        openCalls.removeAll { $0.index == index }
        if openCalls.count == Self.maxOpenCalls { openCalls.removeFirst() }
        openCalls.append(OpenCall(index: index, hasArguments: hasArguments))
    }

    /// A call that had no arguments has an empty object of them: what is sent for it is an empty string.
    private mutating func closeCall(_ index: UInt16, into answer: inout AnswerDraft, _ batch: inout DeltaBatch) {
        guard let position = openCalls.firstIndex(where: { $0.index == index }) else { return }
        let call = openCalls.remove(at: position)
        if !call.hasArguments {
            answer.appendEmptyArguments(ToolCallLedger.Piece(slot: index), to: &batch)
        }
    }
}
