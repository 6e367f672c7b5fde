package import ChatProtocol

/// What happened, for logs and (later) metrics. Called on the loop thread; must not call back.
package protocol Diagnostics: AnyObject {
    func record(_ event: DiagnosticEvent)
}

/// One line each in the log. No content, no key, and of a session only the hash of its id (the id is the secret).
package enum DiagnosticEvent {
    case connectionOpened(connection: String)
    case connectionClosed(connection: String)
    case connectionRefused(reason: String)
    case sessionCreated(session: UInt64)
    case sessionForgotten(session: UInt64, reason: String)
    case requestAccepted(session: UInt64, request: String, upstream: String, model: String)
    case requestStarted(session: UInt64, request: String, ttfbMilliseconds: UInt64)
    case requestEnded(session: UInt64, request: String, outcome: String, totalMilliseconds: UInt64, deltas: UInt64)
    case requestFailed(
        session: UInt64, request: String, code: ErrorCode, stage: ErrorStage, status: Int?, totalMilliseconds: UInt64)
    case draining(running: Int)
}
