import ByteCoding

/// Google's `streamGenerateContent`: each object has candidates with new parts; without `alt=sse` they come as one array.
struct GeminiReader: DialectReader {
    func read(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> ReadOutcome {
        guard try reader.peek() == .array else { return try readResponse(&reader, into: &answer, &batch) }
        answer.isRepeatable = false
        var outcome = ReadOutcome.goesOn
        try reader.beginArray()
        while try reader.nextElement() {
            let next = try readResponse(&reader, into: &answer, &batch)
            if case .reportsError = next { outcome = next }
        }
        return outcome
    }

    private func readResponse(
        _ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> ReadOutcome {
        var candidates: JSONReader.Mark?
        var reportsError = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "candidates") {
                // The response's id comes last, and calls without one are named after it.
                candidates = try reader.skipToMark()
            } else if reader.key(key, is: "responseId") {
                try answer.readID(&reader)
            } else if reader.key(key, is: "modelVersion") {
                try answer.readModel(&reader)
            } else if reader.key(key, is: "createTime") {
                try answer.readCreated(rfc3339: &reader)
            } else if reader.key(key, is: "usageMetadata") {
                try answer.copyExtraOfAnswer(key, isTold: false, &reader)
                try readUsage(&reader, into: &answer)
            } else if reader.key(key, is: "promptFeedback") {
                answer.isAnswer = true
                try answer.copyExtraOfAnswer(key, isTold: true, &reader)
                if let word = try reader.readMember("blockReason") { answer.finish(word: word, kind: .contentFilter) }
            } else if reader.key(key, is: "error") {
                reportsError = try !reader.skipValueIsBlank()
            } else {
                try answer.skipExtraOfAnswer(key, isTold: true, &reader)
            }
        }
        if let candidates {
            let end = reader.mark
            reader.go(to: candidates)
            try readCandidates(&reader, into: &answer, &batch)
            reader.go(to: end)
        }
        return reportsError ? .reportsError(nil) : .goesOn
    }

    /// Thinking is counted beside the candidates' tokens. Chunks before the first word may count the prompt alone.
    private func readUsage(_ reader: inout JSONReader, into answer: inout AnswerDraft) throws(JSONError) {
        guard try reader.beginObjectIfAny() else { return }
        var prompt: Int?
        var toolPrompt: Int?
        var candidates: Int?
        var thoughts: Int?
        var cached: Int?
        while let key = try reader.nextKey() {
            if reader.key(key, is: "promptTokenCount") {
                prompt = try reader.readCount()
            } else if reader.key(key, is: "candidatesTokenCount") {
                candidates = try reader.readCount()
            } else if reader.key(key, is: "thoughtsTokenCount") {
                thoughts = try reader.readCount()
            } else if reader.key(key, is: "cachedContentTokenCount") {
                cached = try reader.readCount()
            } else if reader.key(key, is: "toolUsePromptTokenCount") {
                toolPrompt = try reader.readCount()
            } else {
                try reader.skipValue()
            }
        }
        guard prompt != nil || candidates != nil || thoughts != nil else { return }
        answer.report(
            TokenUsage(
                input: (prompt ?? 0).saturatingSum(toolPrompt ?? 0),
                output: (candidates ?? 0).saturatingSum(thoughts ?? 0), reasoning: thoughts, cached: cached),
            isCurrent: candidates != nil || thoughts != nil)
    }
}
