import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("Tabs of a session")
struct FanOutTests {
    @Test("welcome is the first frame, joined the answer to a session named in the URL")
    func welcome() throws {
        let core = CoreFixture()
        let tab = Tab(core, sessions: ["s"])
        let frames = try tab.read()
        #expect(frames.types == ["welcome", "joined"])
        #expect(frames[0]["version"] == 1)
        #expect(frames[0].object("limits")["message_bytes"] as? Int == 8 << 20)
        #expect(frames[1]["seq"] == 0 && frames[1]["recovered"] == false && frames[1]["tabs"] == 1)
        #expect((frames[0].object["features"] as? [String])?.contains("resume") == true)
    }

    @Test("an answer goes from the upstream's first byte to its end, every delta as soon as it exists")
    func answer() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        #expect(try tab.chat("r").types == ["accepted", "request"])
        core.upstream { $0.connect() }
        core.upstream { $0.head() }
        #expect(try tab.read().isEmpty)
        core.upstream { $0.text("Hel") }
        #expect(try tab.read().types == ["start", "delta"])
        core.upstream { $0.text("lo") }
        #expect(try tab.read().map(\.text) == ["lo"])
        core.upstream { $0.finish() }
        core.upstream {
            $0.event(#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#)
            $0.done()
        }
        let end = try #require(try tab.read().last)
        #expect(end.type == "end" && end["reason"] == "stop" && end["finish_reason"] == "stop")
        let usage = end.object("usage")
        #expect(usage["input"] as? Int == 3 && usage["output"] as? Int == 2 && usage["source"] as? String == "upstream")
        #expect(tab.request("r").answer == "Hello" && tab.request("r").terminal == "end")
        #expect(core.node.hub.runningRequests == 0)
    }

    @Test("the request to the upstream has the key, the model, the prompt, the parameters, and asks for a stream")
    func transfer() throws {
        let core = CoreFixture(key: "sk-server")
        let tab = try core.tab()
        try tab.chat("r", "hi", in: "s", #""params":{"temperature":0.5}"#)
        let request = core.upstream.last.request
        #expect(request.method == .post && request.url == "http://127.0.0.1:1/v1/chat/completions")
        #expect(request.key?.withSecret(\.self) == "sk-server")
        let body = try #require(Frame(core.upstream.last.body))
        #expect(body["model"] == "fake-model" && body["stream"] == true && body["temperature"] == 0.5)
        #expect(body.objects("messages").count == 1)
        try tab.chat("q", "hi", in: "s", #""key":"sk-mine","model":"other""#)
        #expect(core.upstream.last.request.key?.withSecret(\.self) == "sk-mine")
        #expect(core.upstream.last.body.contains(#""model":"other""#))
    }

    @Test("two tabs see the same bytes")
    func sameBytes() throws {
        let core = CoreFixture()
        let one = try core.tab()
        let two = try core.tab()
        core.advance(by: 2000)
        try one.read()
        try one.chat("r")
        core.answer("Hello", " ", "world")
        try one.read()
        try two.read()
        let logs = [one, two].map { $0.frames.filter(\.isLogFrame).map(\.description) }
        #expect(logs[0] == logs[1] && logs[0].count >= 4)
        #expect(two.request("r").answer == "Hello world")
    }

    @Test("a late tab gets a snapshot and the rest")
    func lateTab() throws {
        let core = CoreFixture()
        let one = try core.tab()
        try one.chat("old")
        core.answer("done")
        try one.read()
        try one.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("Hello")
        }
        let late = try core.tab()
        #expect(late.request("old").answer == "done" && late.request("old").terminal == "end")
        let old = try #require(
            (late.frames.of("joined").first?.object("snapshot")["messages"] as? [[String: Any]])?.last)
        #expect(old["reason"] as? String == "stop" && old["model"] as? String == "fake-model")
        #expect((old["timing"] as? [String: Any])?["total_ms"] as? Int == 0 && old["at"] is Int)
        #expect(late.request("r").answer == "Hello" && late.request("r").terminal == nil)
        core.upstream { $0.text(" world") }
        core.upstream { $0.done() }
        try late.read()
        try one.read()
        for tab in [one, late] {
            #expect(tab.request("r").answer == "Hello world" && tab.request("r").terminal == "end")
        }
        #expect(late.frames.filter(\.isLogFrame).count == 2)
    }

    @Test("a hundred requests at once in a session reach both tabs whole")
    func hundredRequests() throws {
        let core = CoreFixture()
        let one = try core.tab()
        let two = try core.tab()
        for index in 0..<100 { try one.chat("r\(index)") }
        let transfers = core.upstream.transfers
        for transfer in transfers {
            transfer.connect()
            transfer.head()
        }
        for round in 0..<5 {
            for transfer in transfers { transfer.text("\(round)") }
            core.node.flush()
        }
        for transfer in transfers { transfer.done() }
        core.node.flush()
        try one.read()
        try two.read()
        for tab in [one, two] {
            for index in 0..<100 {
                #expect(tab.request("r\(index)").answer == "01234" && tab.request("r\(index)").terminal == "end")
            }
        }
    }

    @Test("deltas of one turn travel in one message")
    func oneMessage() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("a")
        }
        try tab.read()
        core.upstream { for _ in 0..<50 { $0.text("b") } }
        let messages = tab.connection.messages
        #expect(messages.count == 1)
        #expect(try tab.read().count == 1)
        #expect(tab.request("r").answer == "a" + String(repeating: "b", count: 50))
    }

    @Test("many sessions on one connection are told apart")
    func manySessions() throws {
        let core = CoreFixture()
        let tab = try core.tab("a", "b", "c")
        for session in ["a", "b", "c"] { try tab.chat("r", "x", in: session) }
        for (session, transfer) in zip(["a", "b", "c"], core.upstream.transfers) {
            transfer.connect()
            transfer.head()
            transfer.text("in \(session)")
            transfer.done()
        }
        core.node.flush()
        try tab.read()
        for session in ["a", "b", "c"] { #expect(tab.request("r", in: session).answer == "in \(session)") }
    }

    @Test("a busy session does not starve its neighbours on a slow connection")
    func fairness() throws {
        let core = CoreFixture()
        let tab = try core.tab("busy", "quiet")
        try tab.chat("r", "x", in: "busy")
        try tab.chat("r", "x", in: "quiet")
        let busy = core.upstream.transfers[0]
        let quiet = core.upstream.transfers[1]
        for transfer in [busy, quiet] {
            transfer.connect()
            transfer.head()
        }
        core.node.flush()
        try tab.read()
        tab.connection.makeRoom(0)
        for _ in 0..<3 { busy.text(String(repeating: "x", count: 60_000)) }
        quiet.text("hello")
        core.node.flush()
        for _ in 0..<2 {
            tab.connection.makeRoom(1)
            core.node.flush()
            try tab.read()
        }
        #expect(tab.request("r", in: "quiet").answer == "hello")
        #expect(tab.request("r", in: "busy").answer.utf8.count < 180_000)
    }

    @Test("a frame larger than a message travels as a shared message, to each tab")
    func largeFrame() throws {
        let core = CoreFixture()
        let tabs = [try core.tab(), try core.tab()]
        try tabs[0].chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text(String(repeating: "x", count: 100_000))
            $0.done()
        }
        for tab in tabs {
            try tab.read()
            #expect(tab.connection.sharedMessages == 1)
            #expect(tab.request("r").answer.utf8.count == 100_000)
        }
    }

    @Test("tabs that join at the same place share one snapshot")
    func sharedSnapshot() throws {
        let core = CoreFixture()
        let first = try core.tab()
        try first.chat("r")
        core.answer(String(repeating: "x", count: 200_000))
        _ = try core.tab()
        let session = try #require(core.node.hub.session("s"))
        let bytes = session.currentSnapshot().tail
        for _ in 0..<5 {
            let tab = try core.tab()
            #expect(tab.request("r").answer.utf8.count == 200_000)
        }
        #expect(session.currentSnapshot().tail === bytes)
    }

    @Test("joining again restarts the subscription, and leaving ends it")
    func joinAgain() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("a")
        }
        try tab.read()
        let frames = try tab.join()
        #expect(frames.types.contains("joined") && tab["s"].snapshots == 2)
        #expect(
            try tab.send(#"{"type":"leave","session":"s","id":9}"#).map(\.description) == [
                #"{"type":"left","id":9,"session":"s"}"#
            ])
        core.upstream { $0.text("b") }
        #expect(try tab.read().isEmpty)
        try tab.join("s", after: tab["s"].position)
        #expect(tab.request("r").answer == "ab")
    }

    @Test("join and leave in one message are both answered, in order")
    func joinAndLeave() throws {
        let core = CoreFixture()
        let tab = Tab(core)
        try tab.read()
        let frames = try tab.send(
            #"{"type":"join","session":"s","id":1}"# + "\n" + #"{"type":"leave","session":"s","id":2}"#)
        #expect(frames.types == ["joined", "left"])
        #expect(core.node.hub.session("s")?.subscriptions.isEmpty == true)
    }

    @Test("leaving a session that was never joined is answered all the same")
    func leaveUnknown() throws {
        let tab = try CoreFixture().tab()
        #expect(try tab.send(#"{"type":"leave","session":"never"}"#).types == ["left"])
    }
}
