import BridgeCore
import BridgeTestKit
import Glibc
import Testing
import UVLoop
import WebSocketServer

/// A server with a fake core on a loop of its own.
final class TestServer: Sendable {
    /// What lives on the loop thread.
    final class State {
        let loop: UVLoop
        let server: WebSocketServer
        let core: FakeCore

        init(loop: UVLoop, server: WebSocketServer, core: FakeCore) {
            self.loop = loop
            self.server = server
            self.core = core
        }
    }

    let port: UInt16
    private let thread: LoopThread<State>

    /// Runs `body` against a server, ends the server whatever happened, and expects that it left nothing on the loop and
    /// broke no law of the ports.
    static func with<R>(
        options: @escaping @Sendable (inout WebSocketServerOptions) -> Void = { _ in },
        core: @escaping @Sendable (FakeCore) -> Void = { _ in },
        _ body: (TestServer) throws -> R
    ) throws -> R {
        let server = try TestServer(options: options, core: core)
        let result = Result { try body(server) }
        let violations = try server.perform { $0.core.handlers.flatMap(\.violations) }
        #expect(violations == [])
        #expect(try server.end() == 0, "uv_loop_close")
        return try result.get()
    }

    private init(
        options: @escaping @Sendable (inout WebSocketServerOptions) -> Void,
        core: @escaping @Sendable (FakeCore) -> Void
    ) throws {
        thread = try LoopThread { loop in
            var values = WebSocketServerOptions()
            options(&values)
            let fake = FakeCore()
            core(fake)
            return State(
                loop: loop, server: try WebSocketServer(loop: loop, options: values, acceptor: fake), core: fake)
        }
        port = try thread.perform { $0.server.port }
    }

    func perform<R: Sendable>(_ body: @escaping @Sendable (State) throws -> R) throws -> R {
        try thread.perform(body)
    }

    /// Runs `body` on the loop with the only, or the last, connection's handler.
    func withHandler<R: Sendable>(_ body: @escaping @Sendable (FakeHandler) throws -> R) throws -> R {
        try perform { try body(try #require($0.core.handlers.last)) }
    }

    /// Asks the loop until `condition` holds there.
    func wait(
        for what: String, timeout: Duration = .seconds(10), until condition: @escaping @Sendable (State) throws -> Bool
    ) throws {
        let deadline = ContinuousClock.now + timeout
        while try !perform(condition) {
            guard .now < deadline else { throw TestSocket.Failure("timed out waiting for \(what)") }
            usleep(1_000)  // Between two looks at the condition.
        }
    }

    private func end() throws -> Int32 {
        try thread.end { state, done in
            state.server.close {
                state.core.forgetAll()
                done()
            }
        }
    }
}
