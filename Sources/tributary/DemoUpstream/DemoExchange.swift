import Logging
import Synchronization

/// One answer under way, for the log: it starts, and it ends in exactly one of three ways.
///
/// Held by the body's iterator alone. When the server drops that because a write failed, nobody tells it: it then ends in
/// `deinit`.
final class DemoExchange: Sendable {
    private struct State {
        var tokens = 0
        var isOver = false
    }

    private let logger: Logger
    private let state = Mutex(State())

    init(id: String, model: DemoModel, isStreamed: Bool) {
        var logger = Logger(label: "demo-upstream")
        logger[metadataKey: "id"] = "\(id)"
        logger[metadataKey: "model"] = "\(model.rawValue)"
        self.logger = logger
        logger.info("demo_answer_started", metadata: ["streamed": "\(isStreamed)"])
    }

    deinit { end("demo_answer_stopped", reason: "the client went away") }

    func sent(tokens: Int) {
        state.withLock { $0.tokens += tokens }
    }

    func finish() { end("demo_answer_finished", reason: nil) }
    func fail() { end("demo_answer_failed", reason: "on purpose") }
    func stop() { end("demo_answer_stopped", reason: "the client went away") }

    private func end(_ event: Logger.Message, reason: String?) {
        let tokens: Int? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.isOver = true
            return state.tokens
        }
        guard let tokens else { return }
        var metadata: Logger.Metadata = ["tokens": "\(tokens)"]
        if let reason { metadata["reason"] = "\(reason)" }
        logger.info(event, metadata: metadata)
    }
}
