import ChatProtocol

extension Session {
    /// What a model would be told, if this `chat` were accepted now: its messages; or those of ended turns without the
    /// replaced ones, and its input. JSON objects.
    func conversation(for chat: ChatCommand) -> [[UInt8]] {
        switch chat.prompt {
        case .messages(let messages): return messages.map(\.json)
        case .input(let input):
            let end = chat.replaces.flatMap { turnSeq(of: $0) } ?? .max
            let start = running.last {
                $0.turn.seq < end && $0.turn.isStored && !$0.turn.isReplaced && $0.turn.frame.prompt.replacesTranscript
            }
            return transcript.context(from: start?.turn.seq ?? 0, before: end) + [Turn.userMessage(input)]
        }
    }
}
