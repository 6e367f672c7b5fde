import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing
import WebSocketServer

@Suite struct KeepaliveTests {
    @Test("a silent client is pinged again and again, and its pongs keep it")
    func pings() throws {
        let options = { @Sendable (options: inout WebSocketServerOptions) in
            options.pingInterval = .milliseconds(40)
            options.peerTimeout = .milliseconds(400)
        }
        try TestServer.with(options: options) { server throws in
            let client = try WebSocketClient(port: server.port)
            let end = ContinuousClock.now + .seconds(1)
            // Nothing but pings comes; reading answers them.
            while .now < end { _ = try? client.receive(timeout: .milliseconds(100)) }
            #expect(client.pingsReceived >= 5)
            #expect(try server.perform { $0.server.connectionCount } == 1)
        }
    }

    @Test("a peer that answers no ping is dropped after the peer timeout")
    func peerTimeout() throws {
        let options = { @Sendable (options: inout WebSocketServerOptions) in
            options.pingInterval = .milliseconds(50)
            options.peerTimeout = .milliseconds(200)
        }
        try TestServer.with(options: options) { server throws in
            let start = ContinuousClock.now
            let client = try WebSocketClient(port: server.port)
            client.answersPings = false
            #expect(try client.receive() == .eof)
            #expect(ContinuousClock.now - start >= .milliseconds(190))
            #expect(client.pingsReceived >= 1)
            try server.wait(for: "the end") { $0.core.handlers.last?.closedCount == 1 }
        }
    }

    @Test("pings are spread: connections that came together are not pinged together")
    func spread() throws {
        try TestServer.with(options: { $0.pingInterval = .seconds(2) }) { server throws in
            let clients = try (0..<40).map { _ in try WebSocketClient(port: server.port) }
            // The first pings come over two seconds. When ten clients have theirs, many others must be without.
            let deadline = ContinuousClock.now + .seconds(10)
            while clients.count(where: { $0.pingsReceived > 0 }) < 10, .now < deadline {
                for client in clients { _ = try? client.receive(timeout: .milliseconds(1)) }
            }
            let pinged = clients.count { $0.pingsReceived > 0 }
            #expect(pinged >= 10 && pinged <= 30, "\(pinged) of 40")
        }
    }

    @Test(
        "a socket that takes no byte although some are due is closed with 4290, which it learns if it wakes up at once")
    func blocked() throws {
        let options = { @Sendable (options: inout WebSocketServerOptions) in
            options.blockedTimeout = .milliseconds(300)
            options.closeTimeout = .seconds(5)
        }
        try TestServer.with(options: options) { server throws in
            let client = try WebSocketClient(port: server.port, receiveBuffer: 131_072)
            try server.withHandler { handler in
                while handler.connection.isWritable { handler.send(String(repeating: "z", count: 60_000)) }
            }
            let pause = ContinuousClock.now + .milliseconds(800)
            try server.wait(for: "more than the timeout") { _ in ContinuousClock.now >= pause }
            #expect(try client.receiveClose().code == 4290)
            try server.wait(for: "the end") { $0.core.handlers.last?.closedCount == 1 }
        }
    }

    @Test("a socket that stays full after that is dropped")
    func blockedForGood() throws {
        let options = { @Sendable (options: inout WebSocketServerOptions) in
            options.blockedTimeout = .milliseconds(200)
            options.closeTimeout = .milliseconds(200)
        }
        try TestServer.with(options: options) { server throws in
            let client = try WebSocketClient(port: server.port, receiveBuffer: 131_072)
            // Immutable: made here, read on the loop thread.
            nonisolated(unsafe) let shared = SharedMessage(
                prefix: [], body: SharedBytes([UInt8](repeating: UInt8(ascii: "q"), count: 5_000_000)))
            try server.withHandler { $0.send(shared) }
            try server.wait(for: "the drop") { $0.core.handlers.last?.closedCount == 1 }
            client.disconnect()
        }
    }

    @Test("a slow reader that takes a little now and then is not blocked")
    func slowIsNotBlocked() throws {
        let options = { @Sendable (options: inout WebSocketServerOptions) in
            options.blockedTimeout = .milliseconds(500)
            options.peerTimeout = .milliseconds(500)
            options.pingInterval = .milliseconds(100)
        }
        try TestServer.with(options: options) { server throws in
            let client = try WebSocketClient(port: server.port, receiveBuffer: 131_072)
            client.bytesPerRead = 60_000
            // Immutable: made here, read on the loop thread.
            nonisolated(unsafe) let shared = SharedMessage(
                prefix: [], body: SharedBytes([UInt8](repeating: UInt8(ascii: "q"), count: 4_000_000)))
            try server.withHandler { $0.send(shared) }
            // Fifteen looks of 100 ms: three timeouts.
            for _ in 0..<15 {
                client.sip()
                let pause = ContinuousClock.now + .milliseconds(100)
                try server.wait(for: "a pause") { _ in ContinuousClock.now >= pause }
            }
            #expect(try server.withHandler { $0.closedCount } == 0)
            #expect(try client.receiveText(timeout: .seconds(30)).utf8.count == 4_000_000)
        }
    }

    @Test("a connection whose reading is paused is not taken for silent")
    func pausedIsNotSilent() throws {
        let options = { @Sendable (options: inout WebSocketServerOptions) in
            options.peerTimeout = .milliseconds(150)
            options.pingInterval = .seconds(60)
        }
        try TestServer.with(options: options) { server throws in
            let client = try WebSocketClient(port: server.port)
            try server.withHandler { $0.pauseReading(true) }
            let pause = ContinuousClock.now + .milliseconds(500)
            try server.wait(for: "three timeouts") { _ in ContinuousClock.now >= pause }
            #expect(try server.withHandler { $0.closedCount } == 0)
            try server.withHandler { $0.pauseReading(false) }
            #expect(try client.receive() == .eof)
        }
    }
}
