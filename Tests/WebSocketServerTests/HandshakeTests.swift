import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing
import WebSocketServer

@Suite struct HandshakeTests {
    @Test("an offered subprotocol that we speak is selected, also as the second of two")
    func subprotocolSelected() throws {
        try TestServer.with { server throws in
            #expect(try WebSocketClient(port: server.port).subprotocol == "tributary.v1")
            #expect(
                try WebSocketClient(port: server.port, subprotocol: "other.v2, tributary.v1").subprotocol
                    == "tributary.v1")
            let offers = try server.perform { $0.core.handshakes.map(\.subprotocols) }
            #expect(offers == [["tributary.v1"], ["other.v2", "tributary.v1"]])
        }
    }

    @Test("no offer is accepted, and answered with none")
    func noSubprotocol() throws {
        try TestServer.with { server throws in
            let client = try WebSocketClient(port: server.port, subprotocol: nil)
            #expect(client.subprotocol == nil)
        }
    }

    @Test(
        "an offer without our subprotocol is answered 400",
        arguments: ["other.v2", "tributary.v10", "Tributary.v1", String(repeating: "a", count: 300)])
    func wrongSubprotocol(offer: String) throws {
        try TestServer.with { server throws in
            let refusal = try #require(throws: WebSocketClient.Refused.self) {
                _ = try WebSocketClient(port: server.port, subprotocol: offer)
            }
            #expect(refusal.response.status == 400)
            #expect(refusal.response["content-type"] == "text/plain; charset=utf-8")
            #expect(refusal.response.text.contains("subprotocol"))
        }
    }

    @Test("an offer of many names, long ones too, selects ours; libwebsockets alone would drop it")
    func longOffer() throws {
        try TestServer.with { server throws in
            let names = (0..<40).map { "p\($0)" } + [String(repeating: "a", count: 100), "tributary.v1"]
            let client = try WebSocketClient(port: server.port, subprotocol: names.joined(separator: ", "))
            #expect(client.subprotocol == "tributary.v1")
        }
    }

    @Test("what a client sends right behind its handshake, in the same packet, is received")
    func coalesced() throws {
        try TestServer.with { server throws in
            let socket = try TestSocket(port: server.port, timeout: .seconds(5))
            let frames = (0..<30).map {
                WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: Array("early \($0)".utf8))
            }
            try socket.write(Array(Self.upgrade.utf8) + frames.flatMap(\.bytes), until: .now + .seconds(5))
            try server.wait(for: "the messages") { $0.core.handlers.last?.messages.count == 30 }
            #expect(try server.withHandler { $0.messages } == (0..<30).map { Array("early \($0)".utf8) })
        }
    }

    @Test("a handshake that comes byte by byte is a handshake")
    func byteByByte() throws {
        try TestServer.with { server throws in
            let socket = try TestSocket(port: server.port, timeout: .seconds(5))
            for byte in Self.upgrade.utf8 { try socket.write([byte], until: .now + .seconds(5)) }
            try server.wait(for: "the WebSocket") { $0.server.connectionCount == 1 }
        }
    }

    @Test("headers that are written into the target, encoded, are not headers")
    func smuggledHeaders() throws {
        let core = { @Sendable (core: FakeCore) in
            core.admission = { handshake in
                handshake.origin == "http://good" && handshake.host == "good"
                    ? .accept(subprotocol: nil) : .refuse(status: 403, message: "Not from there.")
            }
        }
        try TestServer.with(core: core) { server throws in
            let smuggled = Self.upgrade.replacing(" ", with: "%20").replacing("\r\n", with: "%0a").dropFirst(
                "GET%20".count)
            for target in [smuggled + "Origin:%20http://good%0aHost:%20good%0a%0a", "/v1/ws%0d%0aHost:%20good%0d%0a"] {
                let request = "GET \(target) HTTP/1.1\r\nHost: evil\r\nOrigin: http://evil\r\n\r\n"
                #expect(try HTTPExchange.raw(Array(request.utf8), port: server.port).status == 400)
            }
            #expect(try server.perform { $0.core.handshakes.count } == 0)
        }
    }

    private static let upgrade = """
        GET /v1/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
        """

    @Test("the handshake tells the core what the request said")
    func handshakeContent() throws {
        try TestServer.with { server throws in
            _ = try WebSocketClient(
                port: server.port, path: "/v1/ws?session=a%2Db&x=1&session=c%20d&session=&sessions=no",
                headers: [("Origin", "http://localhost:3000"), ("Host", "localhost:1")])
            let handshake = try server.perform { try #require($0.core.handshakes.last) }
            #expect(handshake.path == "/v1/ws")
            #expect(handshake.sessions == ["a-b", "c d", ""])
            #expect(handshake.host == "localhost:1")
            #expect(handshake.origin == "http://localhost:3000")
            #expect(handshake.isUpgrade)
        }
    }

    @Test("a refused handshake is answered with the core's status and sentence")
    func refused() throws {
        try TestServer.with(core: { $0.admission = { _ in .refuse(status: 403, message: "Not from there.") } }) {
            server in
            let refusal = try #require(throws: WebSocketClient.Refused.self) {
                _ = try WebSocketClient(port: server.port)
            }
            #expect(refusal.response.status == 403)
            #expect(refusal.response.text == "Not from there.\n")
        }
    }

    @Test("a handshake may complete only to say why it is closed")
    func acceptThenClose() throws {
        let core = { @Sendable (core: FakeCore) in
            core.admission = { handshake in
                .acceptThenClose(
                    subprotocol: handshake.subprotocols.first, message: Array("{\"type\":\"error\"}".utf8),
                    code: .forbidden)
            }
        }
        try TestServer.with(core: core) { server throws in
            let client = try WebSocketClient(port: server.port)
            #expect(client.subprotocol == "tributary.v1")
            #expect(try client.receive() == .text("{\"type\":\"error\"}"))
            #expect(try client.receive() == .close(4403, ""))
            #expect(try client.receive() == .eof)
            #expect(try server.perform { $0.core.handlers.count } == 0)
            #expect(try server.perform { $0.server.connectionCount } == 0)
        }
    }

    @Test(
        "a handshake that is not one is answered, not dropped",
        arguments: [
            ("/elsewhere", "Sec-WebSocket-Version: 13", 404), ("/v1/ws", "Sec-WebSocket-Version: 12", 426),
            ("/v1/ws", "", 426),
        ])
    func badHandshakes(path: String, line: String, status: Int) throws {
        try TestServer.with { server throws in
            let request = """
                GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(line.isEmpty ? "" : line + "\r\n")\r\n
                """
            let response = try HTTPExchange.raw(Array(request.utf8), port: server.port)
            #expect(response.status == status)
            if status == 426 { #expect(response["sec-websocket-version"] == "13") }
        }
    }

    @Test(
        "an upgrade without a key, host or connection header is answered 400",
        arguments: [
            "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13",
            "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Host: a\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ])
    func incompleteHandshakes(headers: String) throws {
        try TestServer.with { server throws in
            let response = try HTTPExchange.raw(
                Array("GET /v1/ws HTTP/1.1\r\n\(headers)\r\n\r\n".utf8), port: server.port)
            #expect(response.status == 400)
        }
    }

    @Test("an upgrade to another protocol is ignored", arguments: ["h2c", "teapot"])
    func unknownUpgrade(name: String) throws {
        try TestServer.with { server throws in
            let headers =
                "Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: \(name)\r\nHTTP2-Settings: AAMAAABkAAQ"
            let response = try HTTPExchange.raw(
                Array("GET /healthz HTTP/1.1\r\n\(headers)\r\n\r\n".utf8), port: server.port)
            #expect(response.status == 200)
        }
    }

    @Test("a header of many kilobytes, as cookies on localhost grow, is no obstacle")
    func largeCookies() throws {
        try TestServer.with { server throws in
            _ = try WebSocketClient(
                port: server.port, headers: [("Cookie", "a=" + String(repeating: "x", count: 12_000))])
        }
    }

    @Test("localhost is served over IPv4 and IPv6 on one port, and :: takes both")
    func versionSix() throws {
        for host in ["localhost", "::"] {
            try TestServer.with(options: { $0.host = host }) { server throws in
                for address in ["127.0.0.1", "::1"] {
                    let client = try WebSocketClient(port: server.port, host: address)
                    try server.wait(for: "the connection") { $0.server.connectionCount > 0 }
                    client.disconnect()
                    try server.wait(for: "its end") { $0.server.connectionCount == 0 }
                }
            }
        }
    }

    @Test("a port that is taken, and a host that is no address, are errors with a sentence")
    func cannotListen() throws {
        try TestServer.with { server throws in
            let port = server.port
            let taken = try #require(throws: SocketError.self) {
                try TestServer.with(options: { $0.port = port }) { _ in }
            }
            #expect("\(taken)".contains("bind to 127.0.0.1 port \(port)"))
        }
        let wrong = try #require(throws: WebSocketServerError.self) {
            try TestServer.with(options: { $0.host = "example.org" }) { _ in }
        }
        #expect("\(wrong)".contains("example.org"))
    }

    @Test("one connection too many is told so and closed with 4429; when another has gone there is room")
    func tooManyConnections() throws {
        try TestServer.with(options: { $0.maxConnections = 2 }) { server throws in
            let first = try WebSocketClient(port: server.port)
            let second = try WebSocketClient(port: server.port)
            let third = try WebSocketClient(port: server.port)
            #expect(try third.receiveText().contains("\"code\":\"too_many_requests\""))
            #expect(try third.receiveClose().code == 4429)
            #expect(try server.perform { $0.core.turnedAwayCount } == 1, "the core has heard of it")
            first.disconnect()
            try server.wait(for: "the first one's end") { $0.server.connectionCount == 1 }
            let fourth = try WebSocketClient(port: server.port)
            try server.wait(for: "the fourth") { $0.server.connectionCount == 2 && $0.core.turnedAwayCount == 1 }
            try fourth.ping([1])
            #expect(try fourth.receive() == .pong([1]))
            try second.ping([2])
            #expect(try second.receive() == .pong([2]))
        }
    }

    @Test("beyond the spare sockets a connection is closed right after it was accepted")
    func hardCap() throws {
        let options = { @Sendable (options: inout WebSocketServerOptions) in
            options.maxConnections = 1
            options.spareSockets = 1
        }
        try TestServer.with(options: options) { server throws in
            let open = try WebSocketClient(port: server.port)
            let silent = try TestSocket(port: server.port, timeout: .seconds(5))
            // The silent one has its place as soon as the server has accepted it.
            let deadline = ContinuousClock.now + .seconds(10)
            while (try? HTTPExchange.get("/healthz", port: server.port)) != nil { try #require(.now < deadline) }
            #expect(throws: TestSocket.Failure.self) { _ = try WebSocketClient(port: server.port) }
            silent.close()
            try open.ping([7])
            #expect(try open.receive() == .pong([7]))
        }
    }
}
