import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("Connections")
struct ConnectionTests {
    @Test("a refused command is recorded with its name where it is one of ours, and never with the client's words")
    func refusedCommand() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        for text in [#"{"type":"abort","session":"elsewhere"}"#, #"{"type":"sk-secret"}"#, "nonsense"] {
            try tab.send(text)
        }
        let refusals = core.diagnostics.events.compactMap { event in
            if case .commandRefused(_, let command, let code) = event {
                "\(command ?? "-") \(code.rawValue)"
            } else {
                nil
            }
        }
        #expect(refusals == ["abort not_joined", "- unknown_type", "- bad_request"])
    }

    @Test("a WebSocket that finds no room is recorded as refused")
    func turnedAway() {
        let core = CoreFixture()
        core.node.turnedAway(Handshake(path: "/v1/ws", isUpgrade: true))
        let reasons = core.diagnostics.events.compactMap { event in
            if case .connectionRefused(let reason) = event { reason } else { nil }
        }
        #expect(reasons == ["max_connections"])
    }

    @Test("a close that we begin is recorded once, with its code; a close by the peer is not ours")
    func closeIsRecorded() throws {
        let core = CoreFixture()
        let leaving = Tab(core)
        leaving.disconnect()
        let idle = Tab(core)
        core.advance(by: 400_000)
        #expect(idle.connection.closed?.code == .idle)
        let codes = core.diagnostics.events.compactMap { event in
            if case .connectionClosing(_, let code) = event { code } else { nil }
        }
        #expect(codes == [.idle])
    }

    @Test("a peer that asks faster than it listens is not read from until it listens")
    func backPressure() throws {
        let core = CoreFixture()
        let tab = Tab(core)
        try tab.read()
        tab.connection.makeRoom(0)
        let long = String(repeating: "x", count: 200)
        var sent = 0
        while !tab.connection.isPaused, sent < 100_000 {
            core.send(#"{"type":"ping","t":"\#(long)"}"#, from: tab.connection)
            sent += 1
        }
        #expect(tab.connection.isPaused && sent < 2_000)
        tab.connection.makeRoom()
        core.node.flush()
        #expect(!tab.connection.isPaused)
        #expect(try tab.read().of("pong").count == sent)
    }

    @Test("a message of many tiny lines holds back its own commands, and in the end answers them all, in order")
    func manyLines() throws {
        let core = CoreFixture()
        let tab = Tab(core)
        try tab.read()
        tab.connection.makeRoom(0)
        let lines = (0..<20_000).map { #"{"type":"ping","t":\#($0)}"# }.joined(separator: "\n")
        core.send(lines + "\n" + #"{"type":"join","session":"z"}"#, from: tab.connection)
        #expect(core.node.hub.session("z") == nil, "the last line has not been taken yet")
        core.send(#"{"type":"hello"}"#, from: tab.connection)
        #expect(tab.connection.isPaused)
        var pongs: [Int?] = []
        var rounds = 0
        while rounds < 100, tab.connection.isPaused || tab.connection.wantsWritable {
            tab.connection.makeRoom(1)
            core.node.flush()
            pongs += try tab.read().of("pong").map { $0["t"] }
            rounds += 1
        }
        #expect(pongs == (0..<20_000).map { $0 })
        #expect(core.node.hub.session("z") != nil && tab.frames.of("joined").count == 1)
        #expect(rounds > 3 && tab.frames.last?.type == "ok" && !tab.connection.isPaused)
    }

    @Test("a socket that can be written is not waited for")
    func noNeedlessWaiting() throws {
        let core = CoreFixture()
        let tab = try core.tab("s", "t")
        core.advance(by: 2000)
        let other = try core.tab("s")
        tab.connection.receive(#"{"type":"ping"}"#)
        tab.connection.receive(#"{"type":"chat","session":"s","request":"r","input":"x"}"#)
        core.answer("hello", "world")
        other.disconnect()
        core.advance(by: 2000)
        try tab.read()
        #expect(tab.request("r").terminal == "end" && tab.frames.of("presence").count >= 1)
        #expect(tab.connection.needlessRequests == 0)
        tab.connection.makeRoom(0)
        let third = try core.tab("s")
        core.advance(by: 2000)
        try tab.chat("q")
        tab.connection.makeRoom()
        core.node.flush()
        #expect(try tab.read().types.sorted() == ["accepted", "presence", "request"])
        #expect(tab.connection.needlessRequests == 0)
        withExtendedLifetime(third) {}
    }

    @Test("a connection that has joined nothing for five minutes is closed with 4408")
    func idle() throws {
        let core = CoreFixture()
        let idle = Tab(core)
        let joined = try core.tab()
        let left = try core.tab("t")
        core.advance(by: 200_000)
        try left.send(#"{"type":"leave","session":"t"}"#)
        core.advance(by: 99_000)
        #expect(idle.connection.closed == nil)
        core.advance(by: 10_000)
        #expect(idle.connection.closed?.code == .idle && left.connection.closed == nil)
        core.advance(by: 200_000)
        #expect(left.connection.closed?.code == .idle && joined.connection.closed == nil)
    }

    @Test("a name in the URL that is no session id is told, and the connection goes on")
    func invalidSessionInURL() throws {
        let core = CoreFixture()
        let tab = Tab(core, sessions: ["not valid"])
        #expect(try tab.read().map(\.type) == ["welcome", "error"])
        #expect(tab.frames.last?.code == "bad_request" && core.node.hub.sessionCount == 0)
        #expect(try tab.join().types == ["joined"])
    }

    @Test("what comes after the close changes nothing")
    func afterClose() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let handler = tab.connection.handler
        tab.disconnect()
        let line = Array(#"{"type":"join","session":"x"}"#.utf8)
        handler?.connectionReceived(line.span)
        handler?.connectionWritable()
        core.node.flush()
        #expect(core.node.hub.session("x") == nil && core.node.hub.clientCount == 0)
    }

    @Test("connection ids are all different")
    func ids() throws {
        let core = CoreFixture()
        let ids = try (0..<100).map { _ -> String in
            let tab = Tab(core)
            return try #require(try tab.read().first?["connection"])
        }
        #expect(Set(ids).count == 100)
    }

    private func admission(
        host: String? = "localhost:80", origin: String? = nil, protocols: [String] = [], isUpgrade: Bool = true
    ) -> Admission {
        CoreFixture().node.admit(
            Handshake(path: "/v1/ws", host: host, origin: origin, subprotocols: protocols, isUpgrade: isUpgrade))
    }

    @Test("our subprotocol is selected, none is fine, others alone are answered 400")
    func subprotocol() {
        #expect(admission() == .accept(subprotocol: nil))
        #expect(admission(protocols: ["x", "tributary.v1"]) == .accept(subprotocol: "tributary.v1"))
        guard case .refuse(400, _) = admission(protocols: ["x"]) else { return #expect(Bool(false)) }
    }

    @Test("another host is answered 421, for pages as for WebSockets")
    func host() {
        for isUpgrade in [true, false] {
            guard case .refuse(421, _) = admission(host: "evil.example", isUpgrade: isUpgrade) else {
                return #expect(Bool(false))
            }
        }
    }

    @Test("another origin's page learns why: an error frame, then 4403")
    func origin() throws {
        let admission = admission(origin: "http://evil.example", protocols: ["tributary.v1"])
        guard case .acceptThenClose("tributary.v1", let message, .forbidden) = admission else {
            return #expect(Bool(false))
        }
        let frame = try #require(Frame(String(decoding: message, as: UTF8.self)))
        #expect(frame.type == "error" && frame.code == "forbidden" && frame["retryable"] == false)
    }

    @Test("a page's own host may connect; plain GETs are not asked for an origin")
    func ownOrigin() {
        #expect(admission(origin: "http://localhost") == .accept(subprotocol: nil))
        #expect(admission(origin: "http://evil.example", isUpgrade: false) == .accept(subprotocol: nil))
    }
}
