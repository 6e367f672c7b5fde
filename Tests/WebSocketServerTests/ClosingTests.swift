import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing
import WebSocketServer

@Suite struct ClosingTests {
    @Test(
        "our close carries code and reason, what was sent before it comes first, and the socket ends after the answer")
    func serverCloses() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try server.withHandler { handler in
                handler.send("last words")
                handler.close(.restart, "The server restarts.")
                handler.close(.normal, "Only the first close counts.")
                handler.send("swallowed")
            }
            #expect(try client.receive() == .text("last words"))
            #expect(try client.receive() == .close(1012, "The server restarts."))
            #expect(try client.receive() == .eof)
            try server.wait(for: "the end") { $0.core.handlers.last?.closedCount == 1 }
        }
    }

    @Test("a reason that is too long is cut between two characters")
    func longReason() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try server.withHandler { $0.close(.normal, String(repeating: "é", count: 100)) }
            #expect(try client.receive() == .close(1000, String(repeating: "é", count: 61)))
        }
    }

    @Test("a close from within a received message works, and nothing is delivered after it")
    func closeWhileReceiving() throws {
        try TestServer.with(core: { $0.received = { handler, _ in handler.close(.policyViolation, "no") } }) {
            server throws in
            let client = try WebSocketClient(port: server.port)
            let frames = (0..<3).map {
                WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: Array("\($0)".utf8))
            }
            try client.sendRaw(frames.flatMap(\.bytes))
            #expect(try client.receive() == .close(1008, "no"))
            #expect(try client.receive() == .eof)
            try server.wait(for: "the end") { $0.core.handlers.last?.closedCount == 1 }
            #expect(try server.withHandler { $0.messages.count } == 1)
        }
    }

    @Test("a client that does not answer our close is dropped after the close timeout")
    func unanswered() throws {
        try TestServer.with(options: { $0.closeTimeout = .milliseconds(150) }) { server throws in
            let socket = try WebSocketClient(port: server.port)
            try server.withHandler { $0.close(.normal) }
            // Not read, so not answered.
            try server.wait(for: "the drop") { $0.core.handlers.last?.closedCount == 1 }
            socket.disconnect()
        }
    }

    @Test("a close waits for a full socket, and breaks off a message in fragments")
    func closeBehindFragments() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port, receiveBuffer: 131_072)
            // Immutable: made here, read on the loop thread.
            nonisolated(unsafe) let shared = SharedMessage(
                prefix: [], body: SharedBytes([UInt8](repeating: UInt8(ascii: "q"), count: 3_000_000)))
            try server.withHandler { handler in
                handler.send(shared)
                handler.close(.restart)
            }
            #expect(try client.receiveClose().code == 1012)
            #expect(try client.receive() == .eof)
        }
    }

    @Test(
        "a client's close is answered with its code, and reported once",
        arguments: [1000, 1001, 3000, 4999] as [UInt16])
    func clientCloses(code: UInt16) throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try server.wait(for: "the connection") { $0.core.handlers.count == 1 }
            try client.sendClose(code, reason: "bye")
            #expect(try client.receiveClose().code == code)
            #expect(try client.receive() == .eof)
            try server.wait(for: "the end") { $0.core.handlers.last?.closedCount == 1 }
            #expect(try server.perform { $0.server.connectionCount } == 0)
        }
    }

    @Test("a client that vanishes, with or without a reset, is reported once")
    func vanishes() throws {
        try TestServer.with { server throws in
            let leaving = try WebSocketClient(port: server.port)
            let resetting = try WebSocketClient(port: server.port)
            try server.wait(for: "both") { $0.server.connectionCount == 2 }
            leaving.disconnect()
            resetting.reset()
            try server.wait(for: "both ends") { $0.core.handlers.allSatisfy { $0.closedCount == 1 } }
        }
    }

    @Test("after stopListening nobody gets in, and who is in goes on")
    func stopListening() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port)
            try server.perform { $0.server.stopListening() }
            #expect(throws: TestSocket.Failure.self) { _ = try WebSocketClient(port: server.port) }
            try client.ping([1])
            #expect(try client.receive() == .pong([1]))
        }
    }

    @Test("the server ends in the middle of everything and leaves nothing on the loop")
    func endInTheMiddle() throws {
        let folder = try TemporaryFolder()
        try folder.write("large.txt", String(repeating: "f", count: 4_000_000))
        let path = folder.path
        var clients: [WebSocketClient] = []
        var sockets: [TestSocket] = []
        let closed = try TestServer.with(options: { $0.publicDirectory = path }) { server throws in
            // Idle; in a fragmented message each way; closing; a full socket; a half handshake; a download; nothing yet.
            clients = try (0..<6).map { _ in try WebSocketClient(port: server.port, receiveBuffer: 131_072) }
            try clients[1].sendRaw(
                WebSocketFrame(
                    opcode: WebSocketFrame.Opcode.text, isFinal: false, payload: [UInt8](repeating: 0x61, count: 400)
                )
                .bytes)
            // Immutable: made here, read on the loop thread.
            nonisolated(unsafe) let shared = SharedMessage(
                prefix: [], body: SharedBytes([UInt8](repeating: UInt8(ascii: "q"), count: 3_000_000)))
            try server.perform { state in
                let handlers = state.core.handlers
                handlers[2].send(shared)
                handlers[3].close(.normal)
                while handlers[4].connection.isWritable { handlers[4].send(String(repeating: "z", count: 60_000)) }
                handlers[5].pauseReading(true)
            }
            let requests = ["GET /v1/ws HT", "GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n", ""]
            for request in requests {
                let socket = try TestSocket(port: server.port, receiveBuffer: 131_072, timeout: .seconds(5))
                try socket.write(Array(request.utf8), until: .now + .seconds(5))
                sockets.append(socket)
            }
            // The download has begun.
            var received: [UInt8] = []
            _ = try sockets[1].read(into: &received, until: .now + .seconds(5))
            try server.perform { $0.server.close() }
            return try server.perform { $0.core.handlers.map(\.closedCount) }
        }
        #expect(closed == [1, 1, 1, 1, 1, 1])
        #expect(try clients[0].receive() == .close(1001, "The server ends."))
    }

    @Test("a thousand connections come, are told something, and go")
    func thousand() throws {
        try TestServer.with(core: { $0.opened = { $0.send("hello") } }) { server throws in
            var clients = try (0..<1_000).map { _ in try WebSocketClient(port: server.port) }
            #expect(try server.perform { $0.server.connectionCount } == 1_000)
            for client in clients { #expect(try client.receiveText() == "hello") }
            clients.removeAll()
            try server.wait(for: "all ends") { $0.server.connectionCount == 0 }
            #expect(try server.perform { $0.core.handlers.allSatisfy { $0.closedCount == 1 } })
        }
    }
}
