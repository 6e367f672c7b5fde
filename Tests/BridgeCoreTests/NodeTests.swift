import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("Presence")
struct PresenceTests {
    private func tabs(_ frames: [Frame]) -> [Int?] { frames.of("presence").map { $0["tabs"] } }

    @Test("a change is told to those who do not know it")
    func change() throws {
        let core = CoreFixture()
        let one = try core.tab()
        core.advance(by: 1000)
        let two = try core.tab()
        #expect(two.frames.of("joined").first?["tabs"] == 2)
        #expect(try tabs(one.read()) == [2])
        #expect(tabs(two.frames).isEmpty, "joined said it")
        core.advance(by: 1000)
        two.disconnect()
        #expect(try tabs(one.read()) == [1])
    }

    @Test("at most once a second, and then the latest value")
    func rate() throws {
        let core = CoreFixture()
        let one = try core.tab()
        core.advance(by: 1000)
        try one.read()
        var others: [Tab] = []
        for _ in 0..<10 { others.append(try core.tab()) }
        #expect(try tabs(one.read()) == [2])
        others.removeLast().disconnect()
        core.advance(by: 900)
        #expect(try tabs(one.read()) == [])
        core.advance(by: 100)
        #expect(try tabs(one.read()) == [10])
        core.advance(by: 5000)
        #expect(try tabs(one.read()) == [])
    }

    @Test("a number that went and came back is not told")
    func backAgain() throws {
        let core = CoreFixture()
        let one = try core.tab()
        _ = try core.tab().disconnect()
        core.advance(by: 1000)
        try one.read()
        let other = try core.tab()
        try one.read()
        other.disconnect()
        core.advance(by: 3000)
        #expect(try tabs(one.read()) == [])
    }

    @Test("a tab that takes nothing hears the latest number when it reads again")
    func slow() throws {
        let core = CoreFixture()
        let one = try core.tab()
        core.advance(by: 1000)
        try one.read()
        one.connection.makeRoom(0)
        var others: [Tab] = []
        for _ in 0..<3 {
            others.append(try core.tab())
            core.advance(by: 1000)
        }
        one.connection.makeRoom()
        core.node.flush()
        #expect(try tabs(one.read()).last == 4)
    }
}

@Suite("What is remembered, and how long")
struct RetentionTests {
    @Test("an empty session dies with its last tab")
    func emptySession() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        #expect(core.node.hub.sessionCount == 1)
        tab.disconnect()
        #expect(core.node.hub.sessionCount == 0 && core.node.hub.countedBytes == 0)
    }

    @Test("a session lives for its time after the last tab left and the last request ended")
    func ttl() throws {
        var limits = Limits.patient
        limits.sessionTTL = 60_000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        tab.disconnect()
        core.advance(by: 100_000)
        #expect(core.node.hub.sessionCount == 1, "a request runs")
        core.answer("x")
        core.advance(by: 59_000)
        #expect(core.node.hub.sessionCount == 1)
        let back = try core.tab()
        #expect(back.request("r").answer == "x")
        core.advance(by: 100_000)
        back.disconnect()
        core.advance(by: 59_000)
        #expect(core.node.hub.sessionCount == 1)
        core.advance(by: 2_000)
        #expect(core.node.hub.sessionCount == 0 && core.node.hub.countedBytes == 0)
    }

    @Test("the tail is bounded by entries and by bytes; a running answer's text is not")
    func tail() throws {
        var limits = Limits()
        limits.tailEntries = 10
        limits.tailBytes = 2000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.head() }
        for _ in 0..<100 { core.upstream { $0.text(String(repeating: "x", count: 500)) } }
        let session = try #require(core.node.hub.session("s"))
        #expect(session.log.count <= 4)
        try tab.read()
        let late = try core.tab()
        for known in [tab, late] { #expect(known.request("r").answer.utf8.count == 50_000) }
    }

    @Test("the tail is bounded by age")
    func age() throws {
        var limits = Limits.patient
        limits.tailAge = 120_000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.answer("x")
        try tab.read()
        let session = try #require(core.node.hub.session("s"))
        core.advance(by: 119_000)
        #expect(session.log.count == 4)
        core.advance(by: 121_000)
        #expect(session.log.count == 0)
        try tab.chat("q")
        #expect(session.log.count == 1)
    }

    @Test("over the memory limit the least recently used session goes first")
    func eviction() throws {
        var limits = Limits()
        limits.memoryLimit = 400_000
        let core = CoreFixture(limits: limits)
        for name in ["a", "b", "c", "d"] {
            let tab = try core.tab(name)
            try tab.chat("r", "x", in: name)
            core.answer(String(repeating: "x", count: 30_000))
            tab.disconnect()
            core.advance(by: 1000)
        }
        let again = try core.tab("a")
        again.disconnect()
        let tab = try core.tab("e")
        for index in 0..<20 where core.node.hub.session("b") != nil {
            try tab.chat("r\(index)", "x", in: "e")
            core.answer(String(repeating: "x", count: 30_000))
        }
        #expect(core.node.hub.session("b") == nil && core.node.hub.session("a") != nil)
        #expect(core.node.hub.countedBytes <= 400_000)
        #expect(
            core.diagnostics.events.contains {
                if case .sessionForgotten(_, "memory_limit") = $0 { true } else { false }
            })
    }

    @Test("when nothing can be forgotten, new chats are too_many_requests until there is room")
    func memoryFull() throws {
        var limits = Limits()
        limits.memoryLimit = 100_000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.answer(String(repeating: "x", count: 60_000))
        try tab.read()
        let error = try #require(try tab.chat("q").first)
        #expect(error.code == "too_many_requests" && error["retryable"] == true)
        tab.disconnect()
        let other = try core.tab("other")
        #expect(try other.chat("q", "x", in: "other").types == ["accepted", "request"])
    }

    @Test("a session more than there may be takes the place of an unused one, or is refused")
    func maxSessions() throws {
        var limits = Limits()
        limits.maxSessions = 2
        let core = CoreFixture(limits: limits)
        let old = try core.tab("old")
        try old.chat("r", "x", in: "old")
        core.answer("x")
        old.disconnect()
        let tab = try core.tab("a", "b")
        #expect(core.node.hub.session("old") == nil && core.node.hub.sessionCount == 2)
        #expect(try tab.join("c").map(\.code) == ["too_many_requests"])
    }

    @Test("one connection may join so many sessions, and again those it has")
    func maxSubscriptions() throws {
        var limits = Limits()
        limits.maxSubscriptions = 2
        let core = CoreFixture(limits: limits)
        let tab = try core.tab("a", "b")
        #expect(try tab.join("c").map(\.code) == ["too_many_requests"])
        #expect(try tab.join("b").types == ["joined"])
        try tab.send(#"{"type":"leave","session":"a"}"#)
        #expect(try tab.join("c").types == ["joined"])
    }

    @Test("bytes are counted down as they were counted up")
    func counting() throws {
        let core = CoreFixture()
        for name in 0..<20 {
            let tab = try core.tab("s\(name)")
            for index in 0..<5 {
                try tab.chat("r\(index)", "x", in: "s\(name)")
                core.answer("hello")
            }
            tab.disconnect()
        }
        #expect(core.node.hub.countedBytes > 20 * 1000)
        core.advance(by: 3_700_000)
        #expect(core.node.hub.sessionCount == 0 && core.node.hub.countedBytes == 0)
    }
}

@Suite("Lifetimes")
struct LifetimeTests {
    @Test("a forgotten session is gone, with its generations and turns")
    func session() throws {
        var limits = Limits()
        limits.sessionTTL = 1_000
        let core = CoreFixture(limits: limits)
        weak var session: Session?
        weak var generation: Generation?
        weak var turn: Turn?
        do {
            let tab = try core.tab()
            try tab.chat("r")
            session = core.node.hub.session("s")
            generation = session?.running.first
            turn = generation?.turn
            core.answer("x")
            tab.disconnect()
        }
        #expect(session != nil && turn != nil)
        #expect(generation == nil, "nothing holds it once its transfer has ended")
        core.advance(by: 2_000)
        #expect(core.node.hub.sessionCount == 0)
        #expect(session == nil && turn == nil)
    }

    @Test("an aborted generation is gone at once, one that lingers after its time")
    func generation() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        weak let aborted = core.node.hub.session("s")?.running.first
        try tab.abort("r")
        #expect(aborted == nil)
        try tab.chat("q")
        weak let lingering = core.node.hub.session("s")?.running.first
        core.upstream {
            $0.head()
            $0.done()
        }
        #expect(lingering != nil)
        core.advance(by: 3_000)
        #expect(lingering == nil)
    }

    @Test("evicted sessions give back their memory at once, though their age is watched")
    func evicted() throws {
        var limits = Limits()
        limits.maxSessions = 1
        let core = CoreFixture(limits: limits)
        let tab = try core.tab("a")
        try tab.chat("r", "x", in: "a")
        core.answer("x")
        weak let session = core.node.hub.session("a")
        tab.disconnect()
        let other = try core.tab("b")
        #expect(session == nil)
        withExtendedLifetime(other) {}
    }

    @Test("a closed connection's client is gone, in mid-stream and with a model list under way")
    func client() throws {
        let core = CoreFixture()
        weak var handler: (any ConnectionHandler)?
        do {
            let tab = try core.tab()
            handler = tab.connection.handler
            try tab.chat("r")
            try tab.send(#"{"type":"models"}"#)
            tab.disconnect()
        }
        #expect(core.upstream.last.isCancelled)
        #expect(handler == nil && core.node.hub.clientCount == 0)
    }

    @Test("a node that is dropped takes everything with it, however many sessions are kept")
    func node() throws {
        weak var node: Node?
        weak var session: Session?
        do {
            let core = CoreFixture()
            node = core.node
            for index in 0..<2_000 {
                let tab = try core.tab("s\(index)")
                try tab.chat("r", "x", in: "s\(index)")
                core.answer("x")
                tab.disconnect()
            }
            session = core.node.hub.session("s1000")
        }
        #expect(node == nil && session == nil)
    }

    @Test("a node that was stopped in mid-stream leaves nothing behind")
    func stopped() throws {
        weak var node: Node?
        do {
            let core = CoreFixture()
            node = core.node
            let tab = try core.tab()
            try tab.chat("r", "x", in: "s", #""orphan":"abort""#)
            core.upstream { $0.head() }
            core.node.stop()
            tab.disconnect()
        }
        #expect(node == nil)
    }
}

@Suite("Going away")
struct DrainTests {
    @Test("goaway to everybody, new chats are draining, what runs goes on, then 1012 and done, once")
    func drain() throws {
        let core = CoreFixture()
        let one = try core.tab()
        let two = try core.tab()
        try one.chat("r")
        core.upstream { $0.head() }
        try one.read()
        var calls = 0
        #expect(core.node.isHealthy)
        core.node.drain { calls += 1 }
        core.node.drain { calls += 100 }
        core.node.flush()
        #expect(!core.node.isHealthy)
        for tab in [one, two] {
            let goaway = try #require(try tab.read().of("goaway").first)
            let delay: Int? = goaway["reconnect_after_ms"]
            #expect(goaway["reason"] == "shutdown" && (250...2250).contains(delay ?? 0))
        }
        #expect(try one.chat("q").map(\.code) == ["draining"])
        #expect(try one.chat("r").of("accepted").first?["duplicate"] == true)
        core.advance(by: 10_000)
        #expect(calls == 0 && one.connection.closed == nil)
        core.upstream {
            $0.text("whole")
            $0.done()
        }
        try one.read()
        try two.read()
        for tab in [one, two] {
            #expect(tab.request("r").answer == "whole" && tab.request("r").terminal == "end")
            #expect(tab.connection.closed?.code == .restart)
        }
        core.advance(by: 60_000)
        #expect(calls == 1)
    }

    @Test("at the deadline, what still runs is interrupted")
    func deadline() throws {
        let core = CoreFixture(limits: .patient)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.head() }
        var calls = 0
        core.node.drain { calls += 1 }
        core.advance(by: 29_000)
        #expect(calls == 0)
        core.advance(by: 2_000)
        let error = try #require(try tab.read().of("error").first)
        #expect(error.code == "interrupted" && error["stage"] == "stream" && error["retryable"] == true)
        #expect(core.upstream.last.isCancelled && calls == 1 && tab.connection.closed?.code == .restart)
    }

    @Test("an idle node is drained by the next flush")
    func idle() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        var calls = 0
        core.node.drain { calls += 1 }
        core.node.flush()
        #expect(calls == 1 && tab.connection.closed?.code == .restart)
        #expect(try tab.read().types == ["goaway"])
    }

    @Test("who connects while it drains is told to go")
    func newcomer() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.node.drain {}
        let late = Tab(core, sessions: ["s"])
        #expect(try late.read().types == ["welcome", "goaway", "joined"])
    }

    @Test("stop ends at once, drained or not")
    func stop() throws {
        for isDraining in [true, false] {
            let core = CoreFixture()
            let tab = try core.tab()
            try tab.chat("r")
            var calls = 0
            if isDraining { core.node.drain { calls += 1 } }
            core.node.stop()
            #expect(calls == (isDraining ? 1 : 0))
            #expect(try tab.read().of("error").first?.code == "interrupted")
            #expect(tab.connection.closed?.code == .restart && core.upstream.last.isCancelled)
        }
    }
}

@Suite("Model lists")
struct ModelsTests {
    private func tab(_ core: CoreFixture, _ more: String = "") throws -> Tab {
        let tab = try core.tab()
        #expect(try tab.send(#"{"type":"models","id":1\#(more)}"#).isEmpty)
        return tab
    }

    @Test("the upstream's list, each with the upstream's name")
    func list() throws {
        let core = CoreFixture(key: "sk-server")
        let tab = try tab(core)
        #expect(core.upstream.last.request.method == .get)
        #expect(core.upstream.last.request.url == "http://127.0.0.1:1/v1/models")
        #expect(core.upstream.last.request.key != nil)
        core.upstream {
            $0.head()
            $0.bytes(#"{"data":[{"id":"a","created":5,"owned_by":"me"},{"id":"b"}]}"#)
            $0.end()
        }
        #expect(
            try tab.read().map(\.description) == [
                #"{"type":"models","id":1,"models":[{"id":"a","upstream":"default","created":5,"owned_by":"me"},{"id":"b","upstream":"default"}]}"#
            ])
        #expect(core.timers.pendingCount == 0)
    }

    @Test("a list longer than a message arrives whole")
    func longList() throws {
        let core = CoreFixture()
        let tab = try tab(core)
        let models = (0..<5000).map { #"{"id":"model-with-a-long-name-\#($0)"}"# }.joined(separator: ",")
        core.upstream {
            $0.head()
            $0.bytes(#"{"data":[\#(models)]}"#)
            $0.end()
        }
        #expect(try tab.read().first?.objects("models").count == 5000)
    }

    @Test("what goes wrong is an error that answers the command")
    func errors() throws {
        let plays: [(String, (CoreFixture) -> Void)] = [
            (
                "invalid_key",
                { core in
                    core.upstream {
                        $0.head(403); $0.end()
                    }
                }
            ),
            (
                "upstream_protocol",
                { core in
                    core.upstream {
                        $0.head(); $0.bytes("<html>"); $0.end()
                    }
                }
            ),
            ("upstream_protocol", { core in core.upstream { $0.end() } }),
            (
                "upstream_protocol",
                { core in
                    core.upstream {
                        $0.head(); $0.bytes(String(repeating: "x", count: 5 << 20))
                    }
                }
            ),
            ("upstream_unreachable", { core in core.upstream { $0.fail(.connect) } }),
            ("upstream_timeout", { core in core.advance(by: 71_000) }),
        ]
        for (code, play) in plays {
            let core = CoreFixture()
            let tab = try tab(core)
            play(core)
            let error = try #require(try tab.read().of("error").first)
            #expect(error.code == code && error["command"] == "models" && error["id"] == 1)
            #expect(core.timers.pendingCount == 0)
        }
    }

    @Test("an unknown upstream is a bad_request; more than four at a time are too many")
    func limits() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        #expect(try tab.send(#"{"type":"models","upstream":"x"}"#).map(\.code) == ["bad_request"])
        for _ in 0..<4 { try tab.send(#"{"type":"models"}"#) }
        #expect(try tab.send(#"{"type":"models"}"#).map(\.code) == ["too_many_requests"])
        core.upstream { $0.fail(.closed) }
        try tab.read()
        #expect(try tab.send(#"{"type":"models"}"#).isEmpty)
    }
}

@Suite("Connections")
struct ConnectionTests {
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

    @Test("a message of a million tiny lines holds back its own commands, and in the end answers them all, in order")
    func manyLines() throws {
        let core = CoreFixture()
        let tab = Tab(core)
        try tab.read()
        tab.connection.makeRoom(0)
        let lines = (0..<20_000).map { #"{"type":"ping","t":\#($0)}"# }.joined(separator: "\n")
        core.send(lines, from: tab.connection)
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
        #expect(rounds > 3 && tab.frames.last?.type == "ok" && !tab.connection.isPaused)
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
        #expect(core.node.hub.sessionCount == 0 && core.node.hub.clientCount == 0)
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
