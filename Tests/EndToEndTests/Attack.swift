import BridgeTestKit
import Foundation
import Testing

/// A server under attack, watched: what it holds before, at most meanwhile, and after; and a healthy tab that is served all
/// the same.
///
/// A bound is a sum of named limits and of what a thing is known to weigh, written where it is asserted. The kernel's socket
/// buffers are not in it: they are counted apart.
final class Attack {
    static let mebibyte = 1 << 20
    /// What a connection weighs that has joined something and reads nothing: libwebsockets keeps what the socket has not
    /// taken of one message or fragment (64 KiB, its headers, malloc's rounding), beside the connection itself.
    static let stalledTab = 80 << 10
    /// What the kernel holds for it: what waits to be sent (up to 128 KiB and one write of 64 KiB), and what is on its way.
    static let stalledSocket = 208 << 10
    /// What malloc, Swift's arrays (which grow by doubling) and the debug build may hold beyond what is counted.
    static let slack = 12 * mebibyte

    /// `TRIBUTARY_LONG_TESTS=1`.
    static let isFullSize = ProcessInfo.processInfo.environment["TRIBUTARY_LONG_TESTS"] == "1"
    static let skipped: Comment = "TRIBUTARY_LONG_TESTS is not 1: THE ATTACKS RUN IN THEIR SMALL SIZES ONLY"

    let upstream: ScriptedUpstream
    let server: ServerProcess
    /// Has joined the session `healthy`.
    let healthy: Tab
    private let before: Int
    private let descriptors: Int
    private var chats = 0
    private var kernelBytes = 0

    init(_ arguments: [String] = []) throws {
        upstream = try ScriptedUpstream()
        server = try ServerProcess(
            upstream: upstream.url + "/v1", arguments + ["--log-level", "warning", "--drain-timeout", "0s"])
        healthy = try Tab.joined(server.port, session: "healthy")
        // What is loaded and grown at the first request is not the attack's.
        upstream.answer(.chat(["warm"])) { $0.asks(forModel: "healthy") }
        try healthy.chat("warm", model: "healthy")
        try healthy.waitForEnd(of: "warm")
        before = try server.residentBytes
        descriptors = try server.descriptorCount
        try server.forgetPeak()
    }

    /// The healthy tab asks and is answered, whatever goes on beside it.
    func expectHealth() throws {
        chats += 1
        let pieces = (0..<50).map { "word \($0) " }
        upstream.answer(.chat(pieces)) { $0.asks(forModel: "healthy") }
        try healthy.chat("h\(chats)", model: "healthy")
        #expect(try healthy.waitForEnd(of: "h\(chats)") == "end")
        #expect(healthy.answer("h\(chats)") == pieces.joined())
    }

    /// Connections that have joined a session and never read again.
    func crowd(_ count: Int, joining session: String) throws -> [WebSocketClient] {
        try (0..<count).map { _ in
            let socket = try WebSocketClient(port: server.port, receiveBuffer: 4096, timeout: .seconds(60))
            try socket.send(#"{"type":"join","session":"\#(session)"}"#)
            return socket
        }
    }

    /// The server has read everything that was sent to it, and had a turn after that: a command of the healthy tab is answered.
    /// What the kernel holds for those that do not read is bounded as well.
    func settle(stalledSockets: Int = 0) throws {
        var unacknowledged = 0
        try server.wait(for: "the server to read", seconds: 60) {
            let bytes = try server.kernelBytes
            unacknowledged = bytes.unacknowledged
            return bytes.unread == 0
        }
        kernelBytes = max(kernelBytes, unacknowledged)
        #expect(
            unacknowledged <= (stalledSockets + 10) * Self.stalledSocket, "\(unacknowledged >> 10) KiB in the kernel")
        try turn()
    }

    /// The server has had a turn: a command of the healthy tab is answered.
    func turn() throws {
        try healthy.send(#"{"type":"ping"}"#)
        try healthy.wait { $0.type == "pong" }
    }

    /// The attack is over and its sockets are closed: memory has stayed in its bounds, descriptors come back, and it ends well.
    /// (A sanitizer keeps what is freed, so that there is no bound.)
    func end(_ name: String, bound: Int) throws {
        try expectHealth()
        let peak = try server.peakBytes
        #expect(
            BuiltProgram.isSanitized || peak - before <= bound,
            "\(name): \((peak - before) >> 10) KiB more at the peak, \(bound >> 10) KiB are allowed")
        try server.wait(for: "the descriptors of \(name)") {
            // Connections to the upstream may have been kept.
            try server.descriptorCount <= descriptors + upstream.openConnectionCount
        }
        let after = try server.residentBytes
        if Self.isFullSize {
            print(
                "memory: \(name): before \(before >> 10) KiB, peak \(peak >> 10) KiB, after \(after >> 10) KiB,",
                "allowed \((before + bound) >> 10) KiB, in the kernel's buffers \(kernelBytes >> 10) KiB")
        }
        #expect(try server.stop() == 0)
    }
}
