import ByteCoding

/// `choices`: each has an `index`, a `delta` (in a stream) or a `message` (whole), a `finish_reason`, `logprobs`.
extension ChatReader {
    /// False when the value is no array.
    func readChoices(_ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch)
        throws(JSONError) -> Bool
    {
        guard try reader.peek() == .array else {
            try reader.skipValue()
            return false
        }
        try reader.beginArray()
        while try reader.nextElement() {
            if try reader.peek() == .object {
                try readChoice(&reader, into: &answer, &batch)
            } else {
                try reader.skipValue()
            }
        }
        return true
    }

    /// Members may come in any order, so those that need the choice's index wait for it; mostly it comes first.
    private func readChoice(_ reader: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch)
        throws(JSONError)
    {
        let firstDelta = batch.deltas.count
        var index: UInt16?
        var finishReason: String?
        var delta: JSONReader.Mark?
        var message: JSONReader.Mark?
        var logprobs: JSONReader.Mark?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "index") {
                let number = UInt16(clamping: try reader.readInt() ?? 0)
                answer.note(choice: number)
                index = number
            } else if reader.key(key, is: "delta") {
                if let index {
                    try readMessage(&reader, choice: index, into: &answer, &batch)
                } else {
                    delta = reader.mark
                    try reader.skipValue()
                }
            } else if reader.key(key, is: "finish_reason") {
                finishReason = try reader.readName()
            } else if reader.key(key, is: "logprobs") {
                let mark = reader.mark
                if try !reader.skipValueIsBlank() { logprobs = mark }
            } else if reader.key(key, is: "message") {
                message = reader.mark
                try reader.skipValue()
            } else {
                try answer.skipExtra(key, &reader)
            }
        }
        let choice = index ?? 0
        // Also on the short way out.
        defer { answer.appendExtra(choice: choice, to: &batch) }
        if let finishReason { answer.finish(choice: choice, word: finishReason, kind: Self.kind(of: finishReason)) }
        guard delta != nil || message != nil || logprobs != nil else { return }

        let end = reader.mark
        if let delta {
            reader.go(to: delta)
            try readMessage(&reader, choice: choice, into: &answer, &batch)
        }
        // Perplexity repeats in `message` what the deltas said already.
        if let message, !answer.hasOutput(choice: choice) {
            answer.isRepeatable = false
            reader.go(to: message)
            try readMessage(&reader, choice: choice, into: &answer, &batch)
        }
        if let logprobs, batch.deltas.count > firstDelta {
            reader.go(to: logprobs)
            try answer.readLogprobs(&reader, into: &batch)
        }
        reader.go(to: end)
    }
}
