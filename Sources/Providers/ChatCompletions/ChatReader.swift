import ByteCoding

/// The chat-completions dialect: chunks of a stream, or the whole answer as one object.
struct ChatReader: DialectReader {
    func read(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> ReadOutcome {
        var reportsError = false
        var hasChoices = false
        // Without choices, any of these says that something went wrong.
        var hasComplaint = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "choices") {
                hasChoices = try readChoices(&reader, into: &answer, &batch)
            } else if reader.key(key, is: "id") {
                try answer.readID(&reader)
            } else if reader.key(key, is: "model") {
                try answer.readModel(&reader)
            } else if reader.key(key, is: "created") {
                try answer.readCreated(&reader)
            } else if reader.key(key, is: "usage") {
                try answer.copyExtraOfAnswer(key, isTold: false, &reader)
                try readUsage(&reader, into: &answer)
            } else if reader.key(key, is: "x_groq") {
                try readGroqExtension(&reader, into: &answer)
            } else if reader.key(key, is: "error") {
                reportsError = try !reader.skipValueIsBlank()
            } else if reader.key(key, is: "message") || reader.key(key, is: "detail") {
                hasComplaint = try !reader.skipValueIsBlank() || hasComplaint
            } else if reader.key(key, is: "object") || reader.key(key, is: "obfuscation") {
                try reader.skipValue()
            } else {
                let isQuiet =
                    reader.key(key, is: "system_fingerprint") || reader.key(key, is: "service_tier")
                    || reader.key(key, is: "provider")
                try answer.skipExtraOfAnswer(key, isTold: !isQuiet, &reader)
            }
        }
        if hasChoices { answer.isAnswer = true }
        return reportsError || (hasComplaint && !hasChoices) ? .reportsError(nil) : .goesOn
    }

    private func readUsage(_ reader: inout JSONReader, into answer: inout AnswerDraft) throws(JSONError) {
        if let reported = try TokenUsage(from: &reader) { answer.report(reported) }
    }

    /// Groq's own member, which has the usage where the request did not ask for it.
    private func readGroqExtension(_ reader: inout JSONReader, into answer: inout AnswerDraft) throws(JSONError) {
        guard try reader.peek() == .object else { return try reader.skipValue() }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "usage") {
                try readUsage(&reader, into: &answer)
            } else {
                try reader.skipValue()
            }
        }
    }

    /// OpenAI's words, and those that its imitators say in their place.
    static func kind(of word: String) -> FinishReason.Kind {
        switch word {
        case "stop", "eos", "end_turn", "stop_sequence": .stop
        case "length", "max_tokens", "model_length": .length
        case "tool_calls", "function_call", "tool_use": .toolCalls
        case "content_filter", "safety": .contentFilter
        default: .other
        }
    }
}
