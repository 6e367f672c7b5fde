import BridgeCore
import BridgeTestKit
import ChatProtocol
import Providers

/// A node between an upstream that is played and tabs that take everything and keep nothing: what the core costs, and
/// as little else as can be.
final class CoreBench {
    let node: Node
    private let upstream = PlayedUpstream()
    private let sessions: [String]
    private var tabs: [TakingTab] = []
    private var nextRequest = 10_000_000

    /// - Parameter isShared: all tabs in one session; else each in its own.
    init(tabs count: Int, isShared: Bool = true) {
        var limits = Limits()
        // Small, so that forgetting is part of the work.
        limits.tailEntries = 1_000
        guard let endpoint = Endpoint(baseURL: "http://127.0.0.1:1/v1") else { preconditionFailure("endpoint") }
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        node = Node(
            limits: limits, policy: AccessPolicy(boundHost: "127.0.0.1"),
            catalogue: UpstreamCatalogue([
                UpstreamTarget(name: "default", provider: "played", endpoint: endpoint, defaultModel: "m")
            ]),
            upstream: upstream, timers: ManualTimers(), diagnostics: NoDiagnostics(),
            random: {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state
            })
        sessions = (0..<count).map { "Zk3vq0s8Jx5lWm2hYb\(isShared ? 0 : $0)" }
        for session in sessions { tabs.append(open(joining: [session])) }
        node.flush()
        for tab in tabs { tab.messages = 0 }
    }

    private func open(joining sessions: [String]) -> TakingTab {
        let tab = TakingTab()
        tab.handler = node.open(tab, handshake: Handshake(path: "/v1/ws", sessions: sessions, isUpgrade: true))
        return tab
    }

    /// A tab asks something, and the upstream has begun to answer.
    func chat(tab index: Int = 0) -> PlayedTransfer {
        nextRequest += 1
        let command = Array(
            (#"{"type":"chat","session":"\#(sessions[index])","request":"\#(nextRequest)","store":false,"#
                + #""messages":[{"role":"user","content":"Why is the sky blue?"}]}"#).utf8)
        tabs[index].handler?.connectionReceived(command.span)
        node.flush()
        guard let transfer = upstream.last else { preconditionFailure("the chat was refused") }
        transfer.begin()
        return transfer
    }

    /// Bytes of one event loop turn.
    func deliver(_ bytes: [UInt8], by transfer: PlayedTransfer) {
        transfer.receive(bytes)
        node.flush()
    }

    /// Where the session of the first tab is.
    var position: Position {
        guard let session = node.hub.session(sessions[0]) else { preconditionFailure("no session") }
        return session.log.position
    }

    /// Returns the messages that the tab got.
    func comeAndGo(after position: Position) -> Int {
        let tab = open(joining: [])
        let join = Array(
            (#"{"type":"join","session":"\#(sessions[0])","after":{"epoch":"\#(position.epoch)","#
                + #""seq":\#(position.seq)}}"#).utf8)
        tab.handler?.connectionReceived(join.span)
        node.flush()
        tab.handler?.connectionClosed()
        node.flush()
        return tab.messages
    }

    /// Bytes that the tabs got, in at least so many messages: a benchmark of work that was not done would be fast.
    func received(messages: Int) -> Int {
        let count = tabs.reduce(0) { $0 + $1.messages }
        precondition(count >= messages, "\(count) messages came, not \(messages)")
        return tabs.reduce(0) { $0 + $1.bytes }
    }
}

/// A connection that always has room.
final class TakingTab: Connection {
    var handler: (any ConnectionHandler)?
    var messages = 0
    private(set) var bytes = 0

    var isWritable: Bool { true }

    func send(_ message: inout MessageBuffer) {
        messages += 1
        bytes += message.payloadCount
    }

    func send(_ message: SharedMessage) {
        messages += 1
        bytes += message.count
    }

    func requestWritable() {}
    func pauseReading(_ paused: Bool) {}
    func close(_ code: CloseCode, reason: String) { preconditionFailure("closed: \(code) \(reason)") }
}

final class PlayedUpstream: Upstream {
    private(set) var last: PlayedTransfer?

    func start(_ request: TransferRequest, delegate: any TransferDelegate) -> any Transfer {
        let transfer = PlayedTransfer(delegate)
        last = transfer
        return transfer
    }
}

final class PlayedTransfer: Transfer {
    private var delegate: (any TransferDelegate)?

    init(_ delegate: any TransferDelegate) { self.delegate = delegate }

    func cancel() { delegate = nil }

    var requestBody: (any RequestBody)? { nil }

    func begin() {
        delegate?.transferConnected()
        delegate?.transferReceived(ResponseHead(status: 200, headers: [("content-type", "text/event-stream")]))
    }

    func receive(_ bytes: [UInt8]) { delegate?.transferReceived(bytes.span) }

    func end() {
        delegate?.transferEnded(.complete)
        delegate = nil
    }
}

final class NoDiagnostics: Diagnostics {
    func record(_ event: DiagnosticEvent) {}
}
