import BridgeCore
import BridgeTestKit
import ChatProtocol
import CurlUpstream
import Providers
import Testing
import UVLoop

/// A loop with the upstream under test on it, wired as the root wires it, and a scripted server on the other side.
final class Bench {
    let loop: UVLoop
    let server: ScriptedUpstream
    let upstream: CurlUpstream
    /// Ends of turns so far.
    private(set) var turns = 0
    /// After the resume, where the core would flush.
    var onFlush: () -> Void = {}

    private var isDone: () -> Bool = { false }
    private let mailbox: Mailbox
    private var turnEnd: UVPrepare?

    private init(_ options: CurlOptions, _ server: ScriptedUpstream) throws {
        TestEnvironment.begin()
        loop = try UVLoop()
        self.server = server
        upstream = try CurlUpstream(loop: loop, options: options)
        mailbox = try loop.makeMailbox()
        server.observe { [mailbox] in mailbox.send {} }
        turnEnd = loop.onTurnEnd { [unowned self] in
            upstream.resumePaused()
            turns += 1
            onFlush()
            if isDone() { loop.stop() }
        }
    }

    /// Runs `body` with a bench; then everything closes, in whatever state it is, and the loop must have nothing left.
    static func with(
        _ options: CurlOptions = CurlOptions(), server: ScriptedUpstream? = nil, _ body: (Bench) throws -> Void
    ) throws {
        let bench = try Bench(options, try server ?? ScriptedUpstream())
        defer {
            bench.upstream.close()
            bench.turnEnd?.close()
            bench.mailbox.close()
            let status = bench.loop.close()
            #expect(status == 0, "still open: \(bench.loop.openHandles)")
            bench.server.stop()
        }
        try body(bench)
    }

    /// Starts a chat request to the scripted server, or to `url`.
    func start(
        _ recorder: Recorder, url: String? = nil, body: String = "{}", headers: [(name: String, value: String)] = [],
        key: APIKey? = nil, placement: KeyPlacement = .bearer, route: TransferRoute = TransferRoute()
    ) {
        let request = TransferRequest(
            method: .post, url: url ?? "\(server.url)/v1/chat/completions",
            headers: [(name: "Content-Type", value: "application/json")] + headers, key: key, keyPlacement: placement,
            body: Array(body.utf8), route: route)
        recorder.transfer = upstream.start(request, delegate: recorder)
    }

    /// Starts one and runs it to its end.
    func complete(
        _ recorder: Recorder, url: String? = nil, body: String = "{}", route: TransferRoute = TransferRoute()
    ) {
        start(recorder, url: url, body: body, route: route)
        run(until: { recorder.hasEnded })
    }

    /// Runs turns until `condition` holds at the end of one; after 10 s it gives up, which is a failure.
    func run(until condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        let deadline = loop.makeTimer()
        deadline.start(after: 10_000) { [loop] in
            Issue.record("waited in vain", sourceLocation: sourceLocation)
            loop.stop()
        }
        withoutActuallyEscaping(condition) { condition in
            isDone = condition
            loop.run()
            isDone = { false }
        }
        deadline.close()
    }

    /// The same for a condition whose change does not wake the loop: looks every millisecond.
    func runPolling(until condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        let timer = loop.makeTimer()
        timer.start(after: 1, repeat: 1) {}
        defer { timer.close() }
        run(until: condition, sourceLocation: sourceLocation)
    }

    /// Runs turns for a while: long enough for what should not happen to happen.
    func runIdleTurns(milliseconds: UInt64 = 20) {
        loop.makeTimer().start(after: milliseconds) { [loop] in loop.stop() }
        loop.run()
    }
}
