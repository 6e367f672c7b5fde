import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@testable import WebSocketServer

/// What peers may begin and not end.
@Suite struct BudgetTests {
    private static func unfinished(_ count: Int) -> [UInt8] {
        WebSocketFrame(
            opcode: WebSocketFrame.Opcode.text, isFinal: false, payload: [UInt8](repeating: 0x61, count: count)
        ).bytes
    }

    private static let end = WebSocketFrame(opcode: WebSocketFrame.Opcode.continuation, payload: [0x62]).bytes

    @Test("bytes are taken while there are some, and can be taken again when they were given back")
    func counting() {
        var budget = ByteBudget(limit: 10)
        let taken = [6, 5, .max, 4].map { budget.take($0) }
        #expect(taken == [true, false, false, true])
        budget.giveBack(10)
        #expect(budget.used == 0)
    }

    @Test("of unfinished messages that are too much together the one that grows is 4429; the others come whole")
    func tooManyHalves() throws {
        try TestServer.with(options: { $0.maxIncompleteBytes = 10_000 }) { server throws in
            let first = try WebSocketClient(port: server.port)
            try server.wait(for: "the first") { $0.core.handlers.count == 1 }
            try first.sendRaw(Self.unfinished(6_000))
            try server.wait(for: "its half") { $0.server.incompleteMessages.used == 6_000 }
            let second = try WebSocketClient(port: server.port)
            try second.sendRaw(Self.unfinished(6_000))
            #expect(try second.receiveClose().code == 4429)
            try server.wait(for: "its bytes to be given back") { $0.server.incompleteMessages.used == 6_000 }
            try first.sendRaw(Self.end)
            try server.wait(for: "the first's message") { $0.core.handlers[0].messages.first?.count == 6_001 }
            #expect(try server.perform { $0.server.incompleteMessages.used } == 0)
        }
    }

    @Test(
        "whichever way an unfinished message is given up, its bytes are given back",
        arguments: ["vanish", "reset", "close", "violation", "server's close"])
    func givenBack(way: String) throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try client.sendRaw(Self.unfinished(3_000))
            try server.wait(for: "the half") { $0.server.incompleteMessages.used == 3_000 }
            switch way {
            case "vanish": client.disconnect()
            case "reset": client.reset()
            case "close": try client.sendClose()
            case "violation": try client.sendRaw([0xF1, 0x80, 0, 0, 0, 0])
            default: try server.withHandler { $0.close(.restart) }
            }
            try server.wait(for: "the bytes") { $0.server.incompleteMessages.used == 0 }
        }
    }

    @Test("a message that never ends is 1008 after its time, although its pieces and pongs go on coming")
    func endless() throws {
        try TestServer.with(options: { $0.messageTimeout = .milliseconds(200) }) { server throws in
            let client = try WebSocketClient(port: server.port)
            let start = ContinuousClock.now
            try client.sendRaw(Self.unfinished(10))
            var close: (code: UInt16, reason: String)?
            while close == nil, .now - start < .seconds(10) {
                try? client.sendRaw(
                    WebSocketFrame(opcode: WebSocketFrame.Opcode.continuation, isFinal: false, payload: [0x61]).bytes)
                close = try? client.receiveClose(timeout: .milliseconds(20))
            }
            #expect(close?.code == 1008)
            #expect(.now - start >= .milliseconds(190))
        }
    }

    @Test("messages one after another are no long message, and one that waits for us is not late")
    func notEndless() throws {
        let core = { @Sendable (core: FakeCore) in
            core.received = { handler, message in if message.count == 5 { handler.pauseReading(true) } }
        }
        try TestServer.with(options: { $0.messageTimeout = .milliseconds(200) }, core: core) { server throws in
            let client = try WebSocketClient(port: server.port)
            let start = ContinuousClock.now
            while .now - start < .milliseconds(500) {
                try client.send(String(repeating: "x", count: 1_000), fragmentSize: 100)
                try client.ping()
                #expect(try client.receive() == .pong([]))
            }
            // A message, a pause, and in the same packet half of the next one.
            let pause = WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: Array("pause".utf8))
            try client.sendRaw(pause.bytes + Self.unfinished(10))
            try server.wait(for: "the pause") { $0.core.handlers.last?.messages.last?.count == 5 }
            #expect(throws: TestSocket.Failure.self) { try client.receive(timeout: .milliseconds(500)) }
            try server.withHandler { $0.pauseReading(false) }
            try client.sendRaw(Self.end)
            try server.wait(for: "the rest") { $0.core.handlers.last?.messages.last?.count == 11 }
        }
    }

    @Test("files that are not taken are kept for a few; the next reader is told 503, and health is told whatever is kept")
    func answersKept() throws {
        let folder = try TemporaryFolder()
        try folder.write("large.txt", String(repeating: "f", count: 8_000_000))
        let path = folder.path
        let options = { @Sendable (options: inout WebSocketServerOptions) in
            options.publicDirectory = path
            options.maxVisitorBytes = 8_500_000
        }
        try TestServer.with(options: options) { server throws in
            let slow = try TestSocket(port: server.port, receiveBuffer: 4_096, timeout: .seconds(5))
            try slow.write(Array("GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n".utf8), until: .now + .seconds(5))
            try server.wait(for: "the answer to be kept") { $0.server.visitorBytes.used == 8_000_000 }
            let refused = try HTTPExchange.get("/large.txt", port: server.port)
            #expect(refused.status == 503)
            #expect(refused["retry-after"] != nil)
            #expect(try HTTPExchange.get("/healthz", port: server.port).status == 200)
            slow.close()
            try server.wait(for: "the bytes") { $0.server.visitorBytes.used == 0 }
            #expect(try HTTPExchange.get("/large.txt", port: server.port).status == 200)
        }
    }

    @Test("heads that do not end are kept for a few, and the next one is told 503")
    func headsKept() throws {
        try TestServer.with(options: { $0.maxVisitorBytes = 1_000 }) { server throws in
            let head = "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 700)
            let sockets = try (0..<2).map { _ in try TestSocket(port: server.port, timeout: .seconds(5)) }
            try sockets[0].write(Array(head.utf8), until: .now + .seconds(5))
            try server.wait(for: "the head") { $0.server.visitorBytes.used == head.utf8.count }
            try sockets[1].write(Array(head.utf8), until: .now + .seconds(5))
            var received: [UInt8] = []
            while !received.starts(with: "HTTP/1.1 503 ".utf8) {
                try #require(try sockets[1].read(into: &received, until: .now + .seconds(5)))
            }
            sockets[0].close()
            sockets[1].close()
            try server.wait(for: "the bytes") { $0.server.visitorBytes.used == 0 }
        }
    }

    @Test("an answer that is taken drop by drop is given up in the end")
    func answerTakesTooLong() throws {
        let folder = try TemporaryFolder()
        try folder.write("large.txt", String(repeating: "f", count: 16_000_000))
        let path = folder.path
        let options = { @Sendable (options: inout WebSocketServerOptions) in
            options.publicDirectory = path
            options.messageTimeout = .milliseconds(300)
        }
        try TestServer.with(options: options) { server throws in
            let slow = try TestSocket(port: server.port, receiveBuffer: 4_096, timeout: .seconds(5))
            try slow.write(Array("GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n".utf8), until: .now + .seconds(5))
            try server.wait(for: "the answer to be kept") { $0.server.visitorBytes.used == 16_000_000 }
            var received: [UInt8] = []
            try server.wait(for: "the end") { $0.server.visitorBytes.used == 0 }
            while try slow.read(into: &received, until: .now + .seconds(5)) {}
            #expect(received.count < 16_000_000)
        }
    }
}
