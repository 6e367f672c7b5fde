import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing
import WebSocketServer

@Suite struct SendingTests {
    /// Characters of one to four bytes, so that fragments split some.
    private static func bytes(_ count: Int) -> [UInt8] {
        let pattern = Array("0é漢🧀".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count + pattern.count <= count { bytes.append(contentsOf: pattern) }
        return bytes + [UInt8](repeating: UInt8(ascii: "."), count: count - bytes.count)
    }

    @Test("a connection may be written to in open, before its handler is known")
    func writeInOpen() throws {
        try TestServer.with(core: { $0.opened = { $0.send("welcome") } }) { server throws in
            let client = try WebSocketClient(port: server.port)
            #expect(try client.receiveText() == "welcome")
        }
    }

    @Test("a message goes out as one frame, larger ones too", arguments: [0, 1, 125, 126, 65_535, 65_536, 300_000])
    func oneFrame(count: Int) throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            let bytes = Self.bytes(count)
            try server.withHandler { $0.send(bytes) }
            #expect(try Array(client.receiveText().utf8) == bytes)
            #expect(client.fragments == [count])
        }
    }

    @Test(
        "a shared message goes out in fragments of at most 64 KiB, byte for byte",
        arguments: [(0, 0), (3, 0), (0, 3), (100, 65_420), (100, 65_421), (70_000, 70_000), (17, 5_000_000)])
    func fragments(prefix: Int, body: Int) throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            let all = Self.bytes(prefix + body)
            let message = SharedBytes(Array(all[prefix...]))
            // Immutable: made here, read on the loop thread.
            nonisolated(unsafe) let shared = SharedMessage(prefix: Array(all[..<prefix]), body: message)
            try server.withHandler { $0.send(shared) }
            #expect(try Array(client.receiveText().utf8) == all)
            #expect(client.fragments.allSatisfy { $0 <= 65_536 })
            #expect(client.fragments.count == max(1, (all.count + 65_519) / 65_520))
            #expect(message.bytes == Array(all[prefix...]), "the shared bytes are untouched")
            #expect(try server.withHandler { $0.connection.isWritable })
        }
    }

    @Test("5 MB reach a slow reader with a small window byte for byte, and others are served meanwhile")
    func slowReader() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port, receiveBuffer: 131_072)
            client.bytesPerRead = 50_000
            let all = Self.bytes(5_000_000)
            // Immutable: made here, read on the loop thread.
            nonisolated(unsafe) let shared = SharedMessage(prefix: [], body: SharedBytes(all))
            try server.withHandler { $0.send(shared) }
            #expect(try server.withHandler { $0.connection.isWritable } == false)
            let other = try WebSocketClient(port: server.port)
            try server.withHandler { $0.send("meanwhile") }
            #expect(try other.receiveText() == "meanwhile")
            // A ping of the client is answered between the fragments.
            try client.ping([9])
            var pongs = 0
            var text: String?
            while text == nil {
                switch try client.receive(timeout: .seconds(60)) {
                case .pong: pongs += 1
                case .text(let received): text = received
                case let other: throw TestSocket.Failure("\(other)")
                }
            }
            #expect(Array(text!.utf8) == all)
            #expect(client.fragments.allSatisfy { $0 <= 65_536 })
            #expect(pongs == 1)
        }
    }

    @Test("messages until the socket is full, then one report when it takes more, after reading")
    func writableAgain() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port, receiveBuffer: 131_072)
            let sent = try server.withHandler { handler in
                var count = 0
                while handler.connection.isWritable {
                    handler.send("\(count) " + String(repeating: "z", count: 30_000))
                    count += 1
                }
                handler.requestWritable()
                handler.requestWritable()
                return count
            }
            #expect(sent > 1)
            #expect(try server.withHandler { $0.writableCount } == 0)
            for number in 0..<sent { #expect(try client.receiveText().hasPrefix("\(number) ")) }
            try server.wait(for: "connectionWritable") { $0.core.handlers.last?.writableCount == 1 }
            try server.withHandler { $0.send("after") }
            #expect(try client.receiveText() == "after")
            #expect(try server.withHandler { $0.writableCount } == 1)
        }
    }

    @Test("a request to be told comes true also where the connection is writable already, and only once")
    func writableAlready() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try server.withHandler { $0.requestWritable() }
            try server.wait(for: "connectionWritable") { $0.core.handlers.last?.writableCount == 1 }
            try client.ping()
            try client.ping([1])
            #expect(try client.receive() != .eof)
            #expect(try server.withHandler { $0.writableCount } == 1)
        }
    }

    @Test("a core that writes whenever it may streams without loss")
    func streaming() throws {
        let total = 400
        let core = { @Sendable (core: FakeCore) in
            core.opened = { handler in
                var next = 0
                let fill = { (handler: FakeHandler) in
                    while next < total, handler.connection.isWritable {
                        handler.send("\(next):" + String(repeating: "s", count: 10_000))
                        next += 1
                    }
                    if next < total { handler.requestWritable() }
                }
                handler.becameWritable = fill
                fill(handler)
            }
        }
        try TestServer.with(core: core) { server throws in
            let client = try WebSocketClient(port: server.port, receiveBuffer: 131_072)
            for number in 0..<total { #expect(try client.receiveText().hasPrefix("\(number):")) }
        }
    }

    @Test("what is sent to a connection that has gone is swallowed")
    func goneSwallows() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try server.wait(for: "the connection") { $0.core.handlers.count == 1 }
            client.reset()
            try server.wait(for: "its end") { $0.core.handlers.last?.closedCount == 1 }
            try server.withHandler { handler in
                #expect(handler.connection.isWritable == false)
                handler.send("nobody")
                handler.requestWritable()
                handler.pauseReading(true)
                handler.close(.normal)
            }
        }
    }

    @Test("a peer that resets while much is on its way ends the connection once, outside of any call")
    func resetWhileSending() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port, receiveBuffer: 131_072)
            // Immutable: made here, read on the loop thread.
            nonisolated(unsafe) let shared = SharedMessage(prefix: [], body: SharedBytes(Self.bytes(3_000_000)))
            try server.withHandler { $0.send(shared) }
            client.reset()
            try server.wait(for: "its end") { $0.core.handlers.last?.closedCount == 1 }
            #expect(try server.perform { $0.server.connectionCount } == 0)
        }
    }
}
