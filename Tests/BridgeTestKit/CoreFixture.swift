package import BridgeCore
import ChatProtocol
import Providers

/// A node with fakes around it: the core without a clock or a socket.
package final class CoreFixture {
    package let timers = ManualTimers()
    package let upstream = FakeUpstream()
    package let diagnostics = RecordingDiagnostics()
    package let node: Node

    /// With one upstream, named `default`, that is asked once and never shut out.
    package convenience init(
        limits: Limits = Limits(), key: String? = nil, provider: String = "fake", defaultModel: String? = "fake-model"
    ) {
        guard let endpoint = Endpoint(baseURL: "http://127.0.0.1:1/v1") else { preconditionFailure("endpoint") }
        self.init(
            limits: limits,
            targets: [
                UpstreamTarget(
                    name: "default", provider: provider, endpoint: endpoint, key: key.flatMap { APIKey($0) },
                    defaultModel: defaultModel, retry: .once, breaker: .never)
            ])
    }

    /// With several; the first is the default.
    package init(limits: Limits = Limits(), targets: [UpstreamTarget], counter: (any TokenCounter)? = nil) {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        node = Node(
            limits: limits, policy: AccessPolicy(boundHost: "127.0.0.1"), catalogue: UpstreamCatalogue(targets),
            upstream: upstream, timers: timers, counter: counter, diagnostics: diagnostics,
            random: {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state
            })
    }

    /// Everybody leaves: connections, running requests and the timers of both hold each other until then.
    deinit {
        node.interruptAll()
        for handler in handlers { handler.connectionClosed() }
        timers.advance(by: 3_000)
    }

    /// A tab connects (and joins, where sessions are named); its welcome is left in its messages.
    package func connect(sessions: [String] = [], room: Int? = nil) -> FakeConnection {
        let connection = FakeConnection()
        connection.room = room
        handlers.append(
            node.open(connection, handshake: Handshake(path: "/v1/ws", sessions: sessions, isUpgrade: true)))
        connection.handler = handlers.last
        node.flush()
        return connection
    }

    /// One command, and the end of the turn.
    package func send(_ text: String, from connection: FakeConnection) {
        connection.receive(text)
        node.flush()
    }

    package func disconnect(_ connection: FakeConnection) {
        connection.handler?.connectionClosed()
        handlers.removeAll { $0 === connection.handler }
        node.flush()
    }

    /// Something happens upstream, and the turn ends.
    package func upstream(_ body: (FakeTransfer) -> Void) {
        body(upstream.last)
        node.flush()
    }

    /// Time passes, a second at a time as the root's timer would let it.
    package func advance(by milliseconds: UInt64) {
        var left = milliseconds
        while left > 0 {
            let step = min(left, 1000)
            timers.advance(by: step)
            node.tick()
            node.flush()
            left -= step
        }
    }

    /// The transport's hold on the handlers.
    private var handlers: [any ConnectionHandler] = []
}

package final class RecordingDiagnostics: Diagnostics {
    package private(set) var events: [DiagnosticEvent] = []
    package init() {}
    package func record(_ event: DiagnosticEvent) { events.append(event) }
}

extension Limits {
    /// Upstreams may take as long as they like: for tests in which time passes for another reason.
    package static var patient: Limits {
        var limits = Limits()
        limits.connectTimeout = 100_000_000
        limits.firstByteTimeout = 100_000_000
        limits.idleTimeout = 100_000_000
        limits.totalTimeout = 100_000_000
        return limits
    }
}
