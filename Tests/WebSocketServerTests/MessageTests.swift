import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing
import WebSocketServer

@Suite struct MessageTests {
    /// Sends every message back.
    private static let echo = { @Sendable (core: FakeCore) in
        core.received = { handler, message in
            let bytes = [UInt8](message)
            if handler.connection.isWritable { handler.send(bytes) }
        }
    }

    @Test(
        "messages of any size come whole and once",
        arguments: [0, 1, 125, 126, 255, 256, 257, 4096, 65_535, 65_536, 200_000])
    func sizes(count: Int) throws {
        try TestServer.with(core: Self.echo) { server throws in
            let client = try WebSocketClient(port: server.port)
            let text = String((0..<count).map { _ in Character(UnicodeScalar(UInt8.random(in: 0x20...0x7E))) })
            try client.send(text)
            #expect(try client.receiveText() == text)
            #expect(try server.withHandler { $0.messages.count } == 1)
        }
    }

    @Test("a message in 1-byte fragments with a ping between each two, split in its characters, comes whole")
    func fragments() throws {
        try TestServer.with(core: Self.echo) { server throws in
            let client = try WebSocketClient(port: server.port)
            let text = "Käse, 漢字 and 🧀 — " + String(repeating: "x", count: 300)
            let ping = WebSocketFrame(opcode: WebSocketFrame.Opcode.ping, payload: [1, 2, 3])
            try client.send(text, fragmentSize: 1, between: ping)
            var pongs = 0
            var received: String?
            while received == nil {
                switch try client.receive() {
                case .pong(let payload):
                    #expect(payload == [1, 2, 3])
                    pongs += 1
                case .text(let text): received = text
                case let other: Issue.record("\(other)")
                }
            }
            #expect(received == text)
            #expect(pongs >= 1)
        }
    }

    @Test("several messages in one packet come one by one and in order")
    func coalesced() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            let frames = (0..<50).map {
                WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: Array("\($0)".utf8))
            }
            try client.sendRaw(frames.flatMap(\.bytes))
            try server.wait(for: "50 messages") { $0.core.handlers.last?.messages.count == 50 }
            let messages = try server.withHandler { $0.messages }
            #expect(messages == (0..<50).map { Array("\($0)".utf8) })
        }
    }

    @Test("a message of exactly the limit is taken, one byte more is 1009")
    func tooBig() throws {
        try TestServer.with(options: { $0.maxMessageBytes = 1_000 }) { server throws in
            let client = try WebSocketClient(port: server.port)
            try client.send(String(repeating: "x", count: 1_000))
            try server.wait(for: "the message") { $0.core.handlers.last?.messages.count == 1 }
            try client.send(String(repeating: "x", count: 1_001))
            let close = try client.receiveClose()
            #expect(close.code == 1009)
            #expect(close.reason.contains("1000"))
            #expect(try client.receive() == .eof)
            #expect(try server.withHandler { $0.messages.count } == 1)
        }
    }

    @Test("a message that announces too much is 1009 before it has come")
    func announcedTooBig() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            // A text frame of 1 GiB, and its first 300 bytes: more than one read buffer of the server.
            let header: [UInt8] = [0x81, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]
            try client.sendRaw(header + [UInt8](repeating: 0x61, count: 300))
            #expect(try client.receiveClose().code == 1009)
        }
    }

    @Test("a continuation that announces 2^63 - 1 bytes is 1009, and everybody else goes on")
    func announcedBeyondCounting() throws {
        try TestServer.with { server throws in
            let other = try WebSocketClient(port: server.port)
            let client = try WebSocketClient(port: server.port)
            let text = WebSocketFrame(opcode: WebSocketFrame.Opcode.text, isFinal: false, payload: [0x61])
            let header: [UInt8] = [0x80, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + [0, 0, 0, 0]
            try client.sendRaw(text.bytes + header + [UInt8](repeating: 0x61, count: 600))
            #expect(try client.receiveClose().code == 1009)
            try other.ping([1])
            #expect(try other.receive() == .pong([1]))
        }
    }

    @Test(
        "an unmasked frame without payload but with a long length is closed at once, though libwebsockets counts below zero",
        arguments: [[0x81, 0x7E, 0, 0], [0x81, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]])
    func unmaskedEmpty(header: [UInt8]) throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try client.sendRaw(header + [UInt8](repeating: 0x61, count: 600))
            #expect(try client.receiveClose().code == 1009)
            #expect(try server.withHandler { $0.messages.count } == 0)
        }
    }

    @Test("fragments that are too much together are 1009, and a client that goes on sending still hears of it")
    func fragmentsTooBig() throws {
        try TestServer.with(options: { $0.maxMessageBytes = 10_000 }) { server throws in
            let client = try WebSocketClient(port: server.port)
            try client.send(String(repeating: "x", count: 200_000), fragmentSize: 999)
            #expect(try client.receiveClose().code == 1009)
            #expect(try server.withHandler { $0.messages.count } == 0)
        }
    }

    @Test("a binary message is 1003")
    func binary() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try client.send(WebSocketFrame(opcode: WebSocketFrame.Opcode.binary, payload: [1, 2, 3]))
            #expect(try client.receiveClose().code == 1003)
            #expect(try server.withHandler { $0.messages.count } == 0)
        }
    }

    @Test(
        "text that is not UTF-8 is 1007, also where it breaks off in a character",
        arguments: [[0xFF], [0x61, 0xC3, 0x28], [0xED, 0xA0, 0x80], [0x61, 0xE6, 0xBC], [0xC0, 0x80]] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try client.send(WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: bytes))
            #expect(try client.receiveClose().code == 1007)
            #expect(try client.receive() == .eof)
            try server.wait(for: "the end") { $0.core.handlers.last?.closedCount == 1 }
            #expect(try server.withHandler { $0.messages.count } == 0)
        }
    }

    @Test(
        "frames against the rules are 1002",
        arguments: [
            WebSocketFrame(opcode: WebSocketFrame.Opcode.continuation, payload: [0x61]).bytes,
            WebSocketFrame(opcode: 0x3, payload: [0x61]).bytes,
            WebSocketFrame(opcode: WebSocketFrame.Opcode.ping, isFinal: false, payload: []).bytes,
            WebSocketFrame(opcode: WebSocketFrame.Opcode.ping, payload: [UInt8](repeating: 0x61, count: 126)).bytes,
            WebSocketFrame(opcode: WebSocketFrame.Opcode.pong, payload: [UInt8](repeating: 0x61, count: 200)).bytes,
            // A length beyond 2^63.
            [0x81, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0xC1, 0x81, 0, 0, 0, 0, 0x61],
            WebSocketFrame(opcode: WebSocketFrame.Opcode.text, isFinal: false, payload: [0x61]).bytes
                + WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: [0x61]).bytes,
        ])
    func protocolErrors(bytes: [UInt8]) throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try client.sendRaw(bytes)
            #expect(try client.receiveClose().code == 1002)
            try server.wait(for: "the end") { $0.core.handlers.last?.closedCount == 1 }
        }
    }

    @Test("while reading is paused nothing comes; what waited comes after it, whole and in order")
    func pausedReading() throws {
        let core = { @Sendable (core: FakeCore) in
            core.received = { handler, message in
                if message.count == 5 { handler.pauseReading(true) }
            }
        }
        try TestServer.with(core: core) { server throws in
            let client = try WebSocketClient(port: server.port)
            let texts = ["pause"] + (0..<20).map { "\($0) " + String(repeating: "y", count: 500) }
            // The last ones wait in the kernel, the first in libwebsockets.
            try client.sendRaw(
                texts.flatMap { WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: Array($0.utf8)).bytes })
            try server.wait(for: "the pause") { $0.core.handlers.last?.messages.count == 1 }
            // Another connection's round trip: the loop has had every chance to deliver more.
            let other = try WebSocketClient(port: server.port)
            for round in 0..<5 {
                try other.ping([UInt8(round)])
                #expect(try other.receive() == .pong([UInt8(round)]))
            }
            #expect(try server.perform { $0.core.handlers[0].messages.count } == 1)
            try server.perform { $0.core.handlers[0].pauseReading(false) }
            try server.wait(for: "the rest") { $0.core.handlers[0].messages.count == texts.count }
            #expect(try server.perform { $0.core.handlers[0].messages } == texts.map { Array($0.utf8) })
        }
    }
}
