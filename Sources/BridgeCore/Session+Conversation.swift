import ChatProtocol

extension Session {
    /// What a model would be told, if this `chat` were accepted now: its messages; or those of ended turns without the
    /// replaced ones, and its input. JSON objects. A turn whose answer is final has ended, also while its tokens are being counted:
    /// who stops an answer and goes on speaks of what is on the screen.
    func conversation(for chat: ChatCommand) -> [[UInt8]] {
        switch chat.prompt {
        case .messages(let messages): return messages.map(\.json)
        case .input(let input):
            let end = chat.replaces.flatMap { turnSeq(of: $0) } ?? .max
            let others = running.map(\.turn).filter { $0.isStored && !$0.isReplaced && $0.seq < end }
            let start = others.last { $0.frame.prompt.replacesTranscript }
            return transcript.context(
                with: others.filter { $0.status != .running }, from: start?.seq ?? 0, before: end)
                + [Turn.userMessage(input)]
        }
    }
}
