import Foundation
import LoadKit

/// The server under test: a process of our own, with limits so short that tabs, sessions and upstreams run into them all the
/// time.
final class ServedProgram {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Short enough that tabs that sleep, sessions that lie idle and upstreams that hang are all caught out.
    static let limits = [
        "--session-ttl", "5s", "--orphan-grace", "2s", "--tail-bytes", "65536", "--tail-entries", "2000",
        "--tail-age", "20s", "--ping-interval", "3s", "--peer-timeout", "12s", "--blocked-timeout", "6s",
        "--join-timeout", "8s", "--idle-timeout", "4s", "--first-byte-timeout", "10s", "--total-timeout", "60s",
        "--close-timeout", "2s", "--drain-timeout", "5s", "--message-timeout", "5s", "--max-message-bytes", "262144",
        "--max-session-requests", "8", "--max-upstream-connections", "60", "--max-answer-bytes", "2097152",
        "--max-event-bytes", "1048576", "--transcript-bytes", "4194304", "--memory-limit", "268435456",
    ]
    /// Of those, what the tabs have to know.
    static let maxAnswerBytes = 2 << 20
    static let maxMessageBytes = 256 << 10
    static let firstByteTimeout = 10_000
    /// Seconds.
    static let sessionTTL = 5.0

    private let process = Process()
    private(set) var port: UInt16 = 0

    /// Starts it and waits until it listens.
    init(_ program: String, upstream: String, log: URL) throws {
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments =
            ["serve", "--port", "0", "--log-level", "warning", "--upstream-url", upstream] + Self.limits
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let url = line.split(whereSeparator: \.isWhitespace).last.flatMap({ URL(string: String($0)) }),
            let port = url.port
        else {
            process.terminate()
            throw Failure(description: "the server did not say where it listens; see \(log.path)")
        }
        self.port = UInt16(port)
    }

    /// Whatever happened: no process is left behind.
    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var isRunning: Bool { process.isRunning }
    var figures: ProcessFigures? { ProcessFigures(of: process.processIdentifier) }

    /// SIGTERM.
    func terminate() { process.terminate() }

    /// Nil while it runs; a signal's number is negative.
    var exitStatus: Int32? {
        guard !process.isRunning else { return nil }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}
