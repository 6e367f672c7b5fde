import BridgeCore
import ChatProtocol
import Foundation
import Logging
import Synchronization
import Testing

@testable import tributary

/// Keeps what was logged.
final class LogRecorder: Sendable {
    private let text = Mutex("")
    var lines: [String] {
        text.withLock { $0.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
    }

    func logger(_ format: LogSettings.Format, level: Logger.Level = .trace) -> Logger {
        var handler = LineLogHandler(logLevel: level, format: format) { line in self.text.withLock { $0 += line } }
        handler.now = { 1_795_255_200_123 }
        return Logger(label: "test") { _ in handler }
    }
}

@Suite("Log lines")
struct LogLineTests {
    @Test("a line of text is time, level, event and fields in order")
    func text() {
        let recorder = LogRecorder()
        recorder.logger(.text).info(
            "request_ended", metadata: ["session": "00ff", "deltas": "3", "by": "a tab", "none": ""])
        #expect(
            recorder.lines == [
                "2026-11-21T10:00:00.123Z info request_ended by=\"a tab\" deltas=3 none=\"\" session=00ff"
            ])
    }

    @Test("times are UTC, and keep their zeros")
    func time() {
        #expect(LogTime.text(0) == "1970-01-01T00:00:00.000Z")
        #expect(LogTime.text(951_827_696_007) == "2000-02-29T12:34:56.007Z")
        #expect(abs(LogTime.now() - Int64(Date().timeIntervalSince1970 * 1000)) < 60_000)
    }

    @Test("a line of JSON is one object, numbers as numbers")
    func json() throws {
        let recorder = LogRecorder()
        recorder.logger(.json).warning(
            "request_failed", metadata: ["status": "429", "session": "0012", "code": "x\"y\u{1}"])
        #expect(
            recorder.lines == [
                #"{"at":"2026-11-21T10:00:00.123Z","level":"warning","event":"request_failed","code":"x\"y\u0001","session":"0012","status":429}"#
            ])
    }

    @Test("nothing in a value can begin a new line or pose as another field", arguments: LogSettings.Format.allCases)
    func injection(format: LogSettings.Format) {
        let recorder = LogRecorder()
        let nasty = "x\r\n2026-01-01T00:00:00.000Z info forged key=1\u{2028}\u{85}\u{1B}[2J\u{202E}"
        recorder.logger(format).info("request_accepted", metadata: ["model": "\(nasty)"])
        #expect(recorder.lines.count == 1)
        #expect(
            !recorder.lines[0].unicodeScalars.contains {
                $0.value < 0x20 || $0 == "\u{2028}" || $0 == "\u{1B}" || $0 == "\u{202E}"
            })
        #expect(recorder.lines[0].contains("\\r\\n2026"))
    }

    @Test("a value is bounded, at a whole character")
    func bounded() {
        let recorder = LogRecorder()
        recorder.logger(.text).info("x", metadata: ["model": "a\(String(repeating: "é", count: 10_000))"])
        #expect(recorder.lines[0].utf8.count < 600)
        #expect(recorder.lines[0].contains("é…\""))
    }

    @Test("what is below the level is not written")
    func level() {
        let recorder = LogRecorder()
        let logger = recorder.logger(.text, level: .warning)
        logger.info("quiet")
        logger.error("loud")
        #expect(recorder.lines.count == 1)
    }

    @Test(
        "a model is named where its name looks like one; a client's other words are not",
        arguments: [
            ("gpt-4o-mini", true), ("meta-llama/Llama-3.2@q4_K:latest+x", true), ("", false), ("tell me a joke", false),
            ("é", false), ("a\nb", false), (String(repeating: "m", count: 128), true),
            (String(repeating: "m", count: 129), false),
        ])
    func model(name: String, isNamed: Bool) {
        let recorder = LogRecorder()
        LoggingDiagnostics(logger: recorder.logger(.text))
            .record(.requestAccepted(session: 1, request: "r", upstream: "u", model: name))
        #expect(recorder.lines[0].contains(" model=\(isNamed ? name : "[other]") "))
    }

    @Test("each event of the core is one line, sessions appear as 16 hex digits")
    func diagnostics() {
        let recorder = LogRecorder()
        let diagnostics = LoggingDiagnostics(logger: recorder.logger(.text))
        let events: [DiagnosticEvent] = [
            .connectionOpened(connection: "c1"), .connectionClosed(connection: "c1"),
            .connectionClosing(connection: "c1", code: .idle), .connectionRefused(reason: "origin"),
            .commandRefused(connection: "c1", command: "chat", code: .notJoined),
            .commandRefused(connection: "c1", command: nil, code: .unknownType),
            .sessionCreated(session: 0xAB), .sessionForgotten(session: 0xAB, reason: "expired"),
            .requestAccepted(session: 0xAB, request: "r1", upstream: "default", model: "demo"),
            .requestAccepted(session: 0xAB, request: "r2", upstream: "default", model: nil),
            .requestStarted(session: 0xAB, request: "r1", ttfbMilliseconds: 5),
            .requestEnded(
                session: 0xAB, request: "r1", outcome: "end", timing: Timing(firstByte: 5, total: 9), deltas: 3,
                usage: Usage(input: 14, output: 2)),
            .requestEnded(
                session: 0xAB, request: "r2", outcome: "aborted", timing: Timing(total: 1), deltas: 0, usage: nil),
            .modelsFailed(upstream: "default", code: .invalidKey, stage: .headers, status: 401),
            .requestFailed(
                session: 0xAB, request: "r1", code: .upstreamRateLimited, stage: .headers, status: 429,
                totalMilliseconds: 7),
            .draining(running: 2),
        ]
        for event in events { diagnostics.record(event) }
        #expect(
            recorder.lines.map { $0.split(separator: " ", maxSplits: 1)[1] } == [
                "debug connection_opened connection=c1", "debug connection_closed connection=c1",
                "debug connection_closing code=4408 connection=c1", "warning connection_refused reason=origin",
                "debug command_refused code=not_joined command=chat connection=c1",
                "debug command_refused code=unknown_type command=[other] connection=c1",
                "debug session_created session=00000000000000ab",
                "debug session_forgotten reason=expired session=00000000000000ab",
                "info request_accepted model=demo request=r1 session=00000000000000ab upstream=default",
                "info request_accepted request=r2 session=00000000000000ab upstream=default",
                "debug request_started request=r1 session=00000000000000ab ttfb_ms=5",
                "info request_ended deltas=3 input_tokens=14 outcome=end output_tokens=2 request=r1 session=00000000000000ab total_ms=9 ttfb_ms=5",
                "info request_ended deltas=0 outcome=aborted request=r2 session=00000000000000ab total_ms=1",
                "warning models_failed code=invalid_key stage=headers status=401 upstream=default",
                "warning request_failed code=upstream_rate_limited request=r1 session=00000000000000ab stage=headers status=429 total_ms=7",
                "notice draining running=2",
            ])
    }
}
