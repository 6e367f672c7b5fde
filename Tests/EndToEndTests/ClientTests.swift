import BridgeTestKit
import Foundation
import Testing

@Suite("The address to listen on")
struct AddressTests {
    private static let hasIPv6 = FileManager.default.fileExists(atPath: "/proc/net/if_inet6")

    @Test("localhost is both loopback addresses, on one port", .enabled(if: hasIPv6, "This machine has no IPv6."))
    func localhost() throws {
        let server = try ServerProcess(upstream: "http://127.0.0.1:1/v1", ["--host", "localhost"])
        #expect(server.host == "localhost")
        for host in ["127.0.0.1", "::1"] {
            #expect(try HTTPExchange.get("/healthz", host: host, port: server.port).status == 200)
            let socket = try WebSocketClient(port: server.port, host: host)
            #expect(try socket.receiveText().contains("\"welcome\""))
        }
        #expect(try server.stop() == 0)
    }
}

@Suite("Clients of all kinds")
struct ClientTests {
    let upstream: ScriptedUpstream
    let server: ServerProcess

    init() throws {
        upstream = try ScriptedUpstream()
        server = try ServerProcess(upstream: upstream.url + "/v1", ["--max-message-bytes", "64KiB"])
    }

    @Test("a command in fragments of one byte with a ping between is a command")
    func fragments() throws {
        let tab = try Tab.joined(server.port, session: "s")
        try tab.socket.send(
            #"{"type":"ping","t":"hällo"}"#, fragmentSize: 1,
            between: WebSocketFrame(opcode: WebSocketFrame.Opcode.ping, payload: [1, 2, 3]))
        #expect(try tab.wait { $0.type == "pong" }["t"] == "hällo")
    }

    @Test("a message that is too big closes with 1009, binary with 1003, invalid UTF-8 with 1007")
    func closes() throws {
        let big = try Tab(server.port, session: "s")
        try big.send(#"{"type":"ping","t":"\#(String(repeating: "x", count: 70_000))"}"#)
        #expect(try big.socket.receiveClose().code == 1009)
        let binary = try Tab(server.port, session: "s")
        try binary.socket.send(WebSocketFrame(opcode: WebSocketFrame.Opcode.binary, payload: [1, 2]))
        #expect(try binary.socket.receiveClose().code == 1003)
        let invalid = try Tab(server.port, session: "s")
        try invalid.socket.send(WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: [0x22, 0xFF, 0x22]))
        #expect(try invalid.socket.receiveClose().code == 1007)
    }

    @Test("what is no command gets a clear error, and the connection lives on")
    func nonsense() throws {
        let tab = try Tab.joined(server.port, session: "s")
        for text in [
            "nonsense", "[1]", #"{"type":"fly","id":7}"#, #"{"type":"chat","session":"s","request":"r"}"#, "{",
        ] {
            try tab.send(text)
            let error = try tab.wait { $0.type == "error" }
            #expect(error["message"] != "")
            #expect(["bad_request", "unknown_type"].contains(error.code))
        }
        try tab.send(#"{"type":"ping"}"#)
        try tab.wait { $0.type == "pong" }
    }

    @Test("a page of another site may not connect, and learns why")
    func otherOrigin() throws {
        let socket = try WebSocketClient(port: server.port, headers: [(name: "Origin", value: "https://evil.example")])
        #expect(try Frame(socket.receiveText())?.code == "forbidden")
        #expect(try socket.receiveClose().code == 4403)
        let own = try WebSocketClient(
            port: server.port, headers: [(name: "Origin", value: "http://127.0.0.1:\(server.port)")])
        #expect(try Frame(own.receiveText())?.type == "welcome")
    }

    @Test("a name that was rebound to us is not served")
    func rebinding() throws {
        let error = #expect(throws: WebSocketClient.Refused.self) {
            try WebSocketClient(port: server.port, headers: [(name: "Host", value: "evil.example:\(server.port)")])
        }
        #expect(error?.response.status == 421)
        #expect(
            try HTTPExchange.get("/healthz", port: server.port, headers: [(name: "Host", value: "evil.example")])
                .status == 421)
    }

    @Test("a subprotocol offer without ours is refused, ours is selected, none is fine")
    func subprotocols() throws {
        #expect(throws: WebSocketClient.Refused.self) { try WebSocketClient(port: server.port, subprotocol: "chat.v9") }
        #expect(try WebSocketClient(port: server.port, subprotocol: "x, tributary.v1").subprotocol == "tributary.v1")
        #expect(try WebSocketClient(port: server.port, subprotocol: nil).subprotocol == nil)
    }

    @Test("sessions named in the URL are joined at once")
    func joinByURL() throws {
        let socket = try WebSocketClient(port: server.port, path: "/v1/ws?session=a&session=b")
        var joined: [String] = []
        while joined.count < 2 {
            joined += try Frame.frames(of: socket.receiveText()).filter { $0.type == "joined" }.compactMap(\.session)
        }
        #expect(joined == ["a", "b"])
    }

    @Test("models are listed")
    func models() throws {
        upstream.answer(
            .answer(body: #"{"object":"list","data":[{"id":"one","created":1,"owned_by":"me"},{"id":"two"}]}"#))
        let tab = try Tab.joined(server.port, session: "s")
        try tab.send(#"{"type":"models","id":"m"}"#)
        let models = try tab.wait { $0.type == "models" }
        #expect(models.objects("models").map { $0["id"] as? String } == ["one", "two"])
        #expect(models["id"] == "m")
    }
}
