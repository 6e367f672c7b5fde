import BridgeTestKit
import Dispatch
import Foundation

/// The real program, in a process of its own, on a port of its own.
final class ServerProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process = Process()
    /// Signalled once the process has ended.
    private let ended = DispatchSemaphore(value: 0)
    private let logFile: URL
    private(set) var port: UInt16 = 0
    /// The host of the URL that it printed.
    private(set) var host = ""

    /// A folder without vocabularies: to load one takes a server a while, which most tests have no use for. They are counted for
    /// by a factor.
    private static let noVocabularies = URL(filePath: #filePath).deletingLastPathComponent().path

    /// Starts `tributary serve` and waits until it listens.
    /// - Parameters:
    ///   - upstream: a base URL; nil leaves the choice to the program.
    ///   - environment: added to an otherwise clean environment.
    ///   - launcher: a program that runs it, and that program's arguments.
    ///   - log: where its log goes instead of `log`.
    init(
        upstream: String?, _ arguments: [String] = [], environment: [String: String] = [:],
        under launcher: [String] = [], program: String = BuiltProgram.path, log pipe: Pipe? = nil
    ) throws {
        logFile = FileManager.default.temporaryDirectory.appendingPathComponent("tributary-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: logFile.path, contents: nil)
        let output = Pipe()
        let command =
            launcher + [program, "serve", "--port", "0", "--log-level", "debug"]
            + (upstream.map { ["--upstream-url", $0] } ?? []) + arguments
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let clean = ["PATH": "/usr/bin:/bin", "TRIBUTARY_TOKENIZERS": Self.noVocabularies]
        process.environment = clean.merging(environment) { $1 }
        process.standardOutput = output
        if let pipe {
            process.standardError = pipe
        } else {
            process.standardError = try FileHandle(forWritingTo: logFile)
        }
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
        let line = Self.firstLine(of: output.fileHandleForReading, seconds: 60)
        guard let url = line.split(separator: " ").last.flatMap({ URL(string: String($0)) }), let port = url.port else {
            process.terminate()
            throw Failure(description: "no ready line but “\(line)”; log:\n\(log)")
        }
        self.port = UInt16(port)
        host = url.host ?? ""
    }

    deinit {
        if process.isRunning {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: logFile)
    }

    var processIdentifier: Int32 { process.processIdentifier }

    /// What it has logged so far.
    var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }

    /// SIGTERM.
    func terminate() { process.terminate() }

    func kill(with signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

    /// Its exit status, once it has ended by itself.
    func waitForExit(seconds: Double = 20) throws -> Int32 {
        guard ended.wait(timeout: .now() + seconds) == .success else {
            throw Failure(description: "still running; log:\n\(log)")
        }
        // For whoever asks again.
        ended.signal()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Ends it in order and says how that went: 0 means that nothing was left open.
    func stop() throws -> Int32 {
        terminate()
        return try waitForExit()
    }

    private static func firstLine(of handle: FileHandle, seconds: Int) -> String {
        var bytes: [UInt8] = []
        var descriptor = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
        while poll(&descriptor, 1, Int32(seconds * 1000)) > 0 {
            var byte: UInt8 = 0
            guard read(handle.fileDescriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") else { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
