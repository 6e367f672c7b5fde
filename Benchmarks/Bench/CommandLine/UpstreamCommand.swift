import ArgumentParser
import Glibc
import LoadKit
import UVLoop

/// `tributary-bench upstream`: the paced source in a process of its own, so that its CPU is nobody else's. It ends when its
/// standard input does.
struct UpstreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream", abstract: "Serve the answers that the benchmark streams.", shouldDisplay: false)

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let loop = try UVLoop()
        let upstream = try CommandedSource(loop: loop)
        say("listening on \(upstream.baseURL)")
        loop.run()
        upstream.close()
    }
}

/// The source, and what its owner asks it by lines on standard input: `closings` is answered with a line for every transfer
/// that the peer closed since the last time, `KEY NANOSECONDS`, and a line with a dot.
private final class CommandedSource {
    private let loop: UVLoop
    private let source: PacedSource
    private let input: UVPoll
    private var command: [UInt8] = []
    private var closings: [(key: String, at: UInt64)] = []

    init(loop: UVLoop) throws {
        self.loop = loop
        source = try PacedSource(loop: loop)
        input = try loop.makePoll(fileDescriptor: STDIN_FILENO)
        source.onEnd = { [unowned self] record in ended(record) }
        input.start(.readable) { [unowned self] _, _ in readCommands() }
    }

    var baseURL: String { source.baseURL }

    func close() {
        input.close()
        source.close()
    }

    private func ended(_ record: TransferRecord) {
        source.takeRecord(record.key)
        guard record.end == .closedByPeer, let at = record.endedAt else { return }
        closings.append((record.key, at))
    }

    private func readCommands() {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        guard count > 0 else { return loop.stop() }
        command += bytes[..<count]
        while let end = command.firstIndex(of: UInt8(ascii: "\n")) {
            if command[..<end].elementsEqual("closings".utf8) { reportClosings() }
            command.removeFirst(end + 1)
        }
    }

    private func reportClosings() {
        for closing in closings { say("\(closing.key) \(closing.at)") }
        say(".")
        closings = []
    }
}
