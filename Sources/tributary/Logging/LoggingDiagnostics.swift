import BridgeCore
import ChatProtocol
import Logging

/// What happened in the core, as log lines.
///
/// Sessions appear as the hash of their id, in hex, since the id is the secret. Content and keys do not come this way at all.
/// On the loop thread.
final class LoggingDiagnostics: Diagnostics {
    let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func record(_ event: DiagnosticEvent) {
        switch event {
        case .connectionOpened(let connection):
            logger.debug("connection_opened", metadata: ["connection": "\(connection)"])
        case .connectionClosed(let connection):
            logger.debug("connection_closed", metadata: ["connection": "\(connection)"])
        case .connectionClosing(let connection, let code):
            logger.debug("connection_closing", metadata: ["connection": "\(connection)", "code": "\(code.rawValue)"])
        case .connectionRefused(let reason):
            logger.warning("connection_refused", metadata: ["reason": "\(reason)"])
        case .commandRefused(let connection, let command, let code):
            logger.debug(
                "command_refused",
                metadata: [
                    "connection": "\(connection)", "command": "\(command ?? LogText.other)", "code": "\(code.rawValue)",
                ])
        case .sessionCreated(let session):
            logger.debug("session_created", metadata: ["session": Self.hex(session)])
        case .sessionForgotten(let session, let reason):
            logger.debug("session_forgotten", metadata: ["session": Self.hex(session), "reason": "\(reason)"])
        case .requestAccepted(let session, let request, let upstream, let model):
            var metadata: Logger.Metadata = [
                "session": Self.hex(session), "request": "\(request)", "upstream": "\(upstream)",
            ]
            if let model { metadata["model"] = "\(LogText.modelName(model))" }
            logger.info("request_accepted", metadata: metadata)
        case .requestRetried(let session, let request, let retry, let delay):
            var metadata = Self.metadata(session, request, retry)
            metadata["after_ms"] = "\(delay)"
            logger.info("request_retried", metadata: metadata)
        case .requestFellBack(let session, let request, let retry, let next, let model):
            var metadata = Self.metadata(session, request, retry)
            metadata["to"] = "\(next)"
            if let model { metadata["model"] = "\(LogText.modelName(model))" }
            logger.info("request_fell_back", metadata: metadata)
        case .requestStarted(let session, let request, let ttfb):
            logger.debug(
                "request_started",
                metadata: ["session": Self.hex(session), "request": "\(request)", "ttfb_ms": "\(ttfb)"])
        case .requestEnded(let session, let request, let outcome, let timing, let deltas, let usage):
            var metadata: Logger.Metadata = [
                "session": Self.hex(session), "request": "\(request)", "outcome": "\(outcome)",
                "total_ms": "\(timing.total)", "deltas": "\(deltas)",
            ]
            if let ttfb = timing.firstByte { metadata["ttfb_ms"] = "\(ttfb)" }
            if let usage {
                metadata["input_tokens"] = "\(usage.input)"
                metadata["output_tokens"] = "\(usage.output)"
            }
            logger.info("request_ended", metadata: metadata)
        case .requestFailed(let session, let request, let code, let stage, let status, let total):
            var metadata: Logger.Metadata = [
                "session": Self.hex(session), "request": "\(request)", "code": "\(code.rawValue)",
                "stage": "\(stage.rawValue)", "total_ms": "\(total)",
            ]
            if let status { metadata["status"] = "\(status)" }
            logger.warning("request_failed", metadata: metadata)
        case .modelsFailed(let upstream, let code, let stage, let status):
            var metadata: Logger.Metadata = [
                "upstream": "\(upstream)", "code": "\(code.rawValue)", "stage": "\(stage.rawValue)",
            ]
            if let status { metadata["status"] = "\(status)" }
            logger.warning("models_failed", metadata: metadata)
        case .breakerOpened(let upstream, let milliseconds):
            logger.warning("breaker_opened", metadata: ["upstream": "\(upstream)", "for_ms": "\(milliseconds)"])
        case .breakerClosed(let upstream):
            logger.notice("breaker_closed", metadata: ["upstream": "\(upstream)"])
        case .draining(let running):
            logger.notice("draining", metadata: ["running": "\(running)"])
        }
    }

    private static func metadata(
        _ session: UInt64, _ request: String, _ retry: DiagnosticEvent.Retry
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "session": hex(session), "request": "\(request)", "attempt": "\(retry.attempt)",
            "code": "\(retry.code.rawValue)", "upstream": "\(retry.upstream)",
        ]
        if let status = retry.status { metadata["status"] = "\(status)" }
        return metadata
    }

    /// 16 digits, so that lines can be searched for a session.
    private static func hex(_ hash: UInt64) -> Logger.MetadataValue {
        let digits = String(hash, radix: 16)
        return "\(String(repeating: "0", count: 16 - digits.count) + digits)"
    }
}
