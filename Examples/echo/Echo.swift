import ArgumentParser
import Glibc
import UVLoop
import WebSocketServer

/// `echo`: says every message back, text as text and binary as binary.
///
/// It is the `WebSocketServer` room with another core behind it than the bridge's, and so the shortest way to see what that
/// room asks of its user. `scripts/conformance` runs Autobahn's cases against it.
@main
struct Echo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo", abstract: "Say every WebSocket message back.")

    @Option(help: "Port on 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 0

    @Option(help: "Bytes of one message. 16 MiB: Autobahn's largest.")
    var maxMessageBytes = 16 << 20

    func run() throws {
        // A write to a closed socket is an error to be handled, not a signal.
        signal(SIGPIPE, SIG_IGN)
        var options = WebSocketServerOptions()
        options.path = "/"
        options.subprotocol = "echo"
        options.port = port
        options.maxMessageBytes = maxMessageBytes
        options.answersInKind = true
        // Nobody is pinged: who tests an echo counts what comes back. A silent peer is kept for as long.
        options.pingInterval = .seconds(365 * 86_400)
        options.peerTimeout = options.pingInterval

        let loop = try UVLoop()
        let web = try WebSocketServer(loop: loop, options: options, acceptor: EchoRoom())
        var signals: [UVSignal] = []
        for number in [SIGINT, SIGTERM] {
            signals.append(
                try loop.makeSignal(number) {
                    for signal in signals { signal.close() }
                    web.close()
                })
        }
        print("echo listening on ws://127.0.0.1:\(web.port)/")
        fflush(nil)
        loop.run()
        guard loop.close() == 0 else { throw ExitCode.failure }
    }
}
