import BridgeCore
import BridgeTestKit
import Testing

@Suite("Abort")
struct AbortTests {
    private func streaming(_ core: CoreFixture, _ tab: Tab, _ id: String = "r") throws -> FakeTransfer {
        try tab.chat(id)
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("half")
        }
        try tab.read()
        return core.upstream.last
    }

    @Test("the other tab aborts: the transfer is cancelled at once, both learn it from the log")
    func otherTab() throws {
        let core = CoreFixture()
        let asker = try core.tab()
        let other = try core.tab()
        let transfer = try streaming(core, asker)
        let id: String? = other.frames.first?["connection"]
        let frames = try other.abort("r")
        #expect(transfer.isCancelled)
        #expect(
            frames.of("ok").first?.description == #"{"type":"ok","command":"abort","session":"s","requests":["r"]}"#)
        #expect(frames.of("aborted").first?["by"] == id)
        try asker.read()
        for tab in [asker, other] {
            #expect(tab.request("r").terminal == "aborted" && tab.request("r").answer == "half")
        }
        #expect(core.node.hub.runningRequests == 0)
    }

    @Test("the usage that the upstream had reported until then is told")
    func usage() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let transfer = try streaming(core, tab)
        transfer.event(#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#)
        let aborted = try #require(try tab.abort("r").of("aborted").first)
        #expect(aborted.object("usage")["output"] as? Int == 2)
        #expect(aborted.object("timing")["total_ms"] as? Int == 0)
    }

    @Test("before the upstream answered, in each stage")
    func early() throws {
        for stage in 0..<3 {
            let core = CoreFixture()
            let tab = try core.tab()
            try tab.chat("r")
            core.upstream {
                if stage > 0 { $0.connect() }
                if stage > 1 { $0.head() }
            }
            #expect(try tab.abort("r").of("aborted").count == 1)
            #expect(core.upstream.last.isCancelled && tab.request("r").terminal == "aborted")
        }
    }

    @Test("in the same message as the chat")
    func sameMessage() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let frames = try tab.send(
            #"{"type":"chat","session":"s","request":"r","input":"x"}"# + "\n"
                + #"{"type":"abort","session":"s","request":"r"}"#)
        #expect(frames.types == ["accepted", "ok", "request", "aborted"])
        #expect(core.upstream.last.isCancelled)
    }

    @Test("after the end it is ok, with an empty list")
    func ended() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.answer("x")
        try tab.read()
        let frames = try tab.abort("r")
        #expect(frames.types == ["ok"] && frames[0].object["requests"] as? [String] == [])
    }

    @Test("twice, and from two tabs in one turn: one cancels, both are ok, one terminal")
    func twice() throws {
        let core = CoreFixture()
        let one = try core.tab()
        let two = try core.tab()
        _ = try streaming(core, one)
        one.connection.receive(#"{"type":"abort","session":"s","request":"r"}"#)
        two.connection.receive(#"{"type":"abort","session":"s","request":"r"}"#)
        core.node.flush()
        let first = try one.read()
        let second = try two.read()
        #expect(first.of("ok").first?.object["requests"] as? [String] == ["r"])
        #expect(second.of("ok").first?.object["requests"] as? [String] == [])
        #expect(first.of("aborted").count == 1 && second.of("aborted").count == 1)
    }

    @Test("without a request: all of the session, none of another")
    func all() throws {
        let core = CoreFixture()
        let tab = try core.tab("s", "t")
        for id in ["a", "b", "c"] { _ = try streaming(core, tab, id) }
        try tab.chat("x", "hi", in: "t")
        try tab.abort("b")
        let frames = try tab.abort()
        #expect(frames.of("ok").first?.object["requests"] as? [String] == ["a", "c"])
        #expect(core.upstream.transfers.map(\.isCancelled) == [true, true, true, false])
        #expect(try tab.abort().of("ok").first?.object["requests"] as? [String] == [])
    }

    @Test("a request never seen is unknown_request; without having joined it is not_joined")
    func unknown() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        #expect(try tab.abort("never").map(\.code) == ["unknown_request"])
        _ = try streaming(core, tab)
        let stranger = try core.tab("other")
        let error = try #require(try stranger.abort("r").first)
        #expect(error.code == "not_joined" && error["command"] == "abort" && error["request"] == "r")
        #expect(!core.upstream.last.isCancelled)
    }

    @Test("bytes that come after an abort change nothing")
    func late() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let transfer = try streaming(core, tab)
        try tab.abort("r")
        transfer.text("more")
        transfer.end()
        core.node.flush()
        #expect(try tab.read().isEmpty)
    }

    @Test("leaving is not aborting, nor is losing the connection")
    func leaving() throws {
        let core = CoreFixture(limits: .patient)
        let tab = try core.tab()
        let transfer = try streaming(core, tab)
        try tab.send(#"{"type":"leave","session":"s"}"#)
        core.advance(by: 59_000)
        try tab.join()
        #expect(!transfer.isCancelled)
        tab.disconnect()
        core.advance(by: 31_000)
        #expect(!transfer.isCancelled)
        core.upstream {
            $0.text(" done")
            $0.done()
        }
        #expect(try core.tab().request("r").answer == "half done")
    }
}
