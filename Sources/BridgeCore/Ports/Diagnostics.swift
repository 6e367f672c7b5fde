package import ChatProtocol

/// What happened, for logs and (later) metrics. Called on the loop thread; must not call back.
package protocol Diagnostics: AnyObject {
    func record(_ event: DiagnosticEvent)
}

/// One line each in the log. No content, no key, and of a session only the hash of its id (the id is the secret). Names of
/// models are the client's own words; ids of requests are, too, but of a narrow alphabet (`Identifier`).
package enum DiagnosticEvent {
    case connectionOpened(connection: String)
    case connectionClosed(connection: String)
    /// We close it.
    case connectionClosing(connection: String, code: CloseCode)
    case connectionRefused(reason: String)
    /// A command started nothing; nil where it is not one of ours.
    case commandRefused(connection: String, command: String?, code: ErrorCode)
    case sessionCreated(session: UInt64)
    case sessionForgotten(session: UInt64, reason: String)
    /// Without a model the upstream chooses.
    case requestAccepted(session: UInt64, request: String, upstream: String, model: String?)
    /// An attempt has failed, and the same is tried again.
    case requestRetried(session: UInt64, request: String, Retry, afterMilliseconds: UInt64)
    /// An attempt has failed, and another upstream, or another model, is asked.
    case requestFellBack(session: UInt64, request: String, Retry, to: String, model: String?)
    case requestStarted(session: UInt64, request: String, ttfbMilliseconds: UInt64)
    case requestEnded(
        session: UInt64, request: String, outcome: String, timing: Timing, deltas: UInt64, usage: Usage?)
    case requestFailed(
        session: UInt64, request: String, code: ErrorCode, stage: ErrorStage, status: Int?, totalMilliseconds: UInt64)
    /// A list of models could not be had.
    case modelsFailed(upstream: String, code: ErrorCode, stage: ErrorStage, status: Int?)
    /// An upstream does not answer: nothing is sent there for so long.
    case breakerOpened(upstream: String, milliseconds: UInt64)
    /// It answers again.
    case breakerClosed(upstream: String)
    case draining(running: Int)

    /// The attempt that failed.
    package struct Retry {
        /// From 1.
        package var attempt: Int
        package var code: ErrorCode
        package var status: Int?
        package var upstream: String
    }
}
