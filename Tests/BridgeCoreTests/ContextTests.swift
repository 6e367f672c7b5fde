import BridgeCore
import BridgeTestKit
import Testing

@Suite("What a model is told")
struct ContextTests {
    /// `user:x|assistant:y` of the newest transfer.
    private func sent(_ core: CoreFixture) throws -> String {
        try #require(Frame(core.upstream.last.body)).objects("messages").map {
            "\($0["role"] as? String ?? ""):\($0["content"] as? String ?? "")"
        }.joined(separator: "|")
    }

    private func turns(_ core: CoreFixture, _ tab: Tab, _ ids: String...) throws {
        for id in ids {
            try tab.chat(id, "?\(id)")
            core.answer("!\(id)")
        }
        try tab.read()
    }

    private func messages(_ tab: Tab, _ id: String, _ more: String = "") throws {
        try tab.send(
            #"{"type":"chat","session":"s","request":"\#(id)","messages":[{"role":"system","content":"S\#(id)"},{"role":"user","content":"?\#(id)"}]\#(more)}"#
        )
    }

    /// What a new tab sees in the snapshot: `a?:ended`.
    private func transcript(_ core: CoreFixture) throws -> [String] {
        let tab = try core.tab()
        defer { tab.disconnect() }
        let snapshot = tab.frames.of("joined").first?.object("snapshot") ?? [:]
        return (snapshot["messages"] as? [[String: Any]] ?? []).compactMap {
            guard let status = $0["status"] as? String, let request = $0["request"] as? String else { return nil }
            return "\(request):\(status)"
        }
    }

    @Test("an input follows the turns that have ended")
    func input() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try turns(core, tab, "a", "b")
        try tab.chat("c", "?c")
        #expect(try sent(core) == "user:?a|assistant:!a|user:?b|assistant:!b|user:?c")
    }

    @Test("a turn that still runs is not part of it")
    func running() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try turns(core, tab, "a")
        try tab.chat("b", "?b")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("half")
        }
        try tab.chat("c", "?c")
        #expect(try sent(core) == "user:?a|assistant:!a|user:?c")
    }

    @Test("calls that were cut off are no part of what a model is told, in whatever dialect")
    func cutCalls() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let half =
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a"}}]}}]}"#
        func ask(_ id: String, saying text: String?) throws {
            try tab.chat(id, "?\(id)")
            core.upstream {
                $0.head()
                if let text { $0.text(text) }
                $0.event(half)
            }
        }
        try ask("a", saying: "I look.")
        try tab.send(#"{"type":"abort","session":"s","request":"a"}"#)
        try ask("b", saying: nil)
        try tab.send(#"{"type":"abort","session":"s","request":"b"}"#)
        try ask("c", saying: nil)
        core.upstream {
            $0.event(#"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#)
            $0.event("[DONE]")
        }
        try tab.chat("d", "?d")
        #expect(try sent(core) == "user:?a|assistant:I look.|user:?d")
        #expect(core.upstream.last.body.contains("tool_calls") == false)
    }

    @Test("aborted and failed turns count with what they said; without output they do not, but stay visible")
    func aborted() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("a", "?a")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("half")
        }
        try tab.abort("a")
        try tab.chat("b", "?b")
        core.upstream { $0.fail(.connect) }
        try tab.chat("c", "?c")
        #expect(try sent(core) == "user:?a|assistant:half|user:?c")
        #expect(try transcript(core) == ["a:aborted", "b:failed"])
    }

    @Test("messages replace the transcript, at once")
    func replaceAll() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try turns(core, tab, "a")
        try messages(tab, "m")
        #expect(try sent(core) == "system:Sm|user:?m")
        #expect(try transcript(core) == [])
        core.answer("!m")
        try tab.chat("c", "?c")
        #expect(try sent(core) == "system:Sm|user:?m|assistant:!m|user:?c")
    }

    @Test("a turn that ran while messages replaced the transcript keeps its place, but is not sent")
    func runningWhileReplaced() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("a", "?a")
        let first = core.upstream.last
        try messages(tab, "m")
        let second = core.upstream.last
        for transfer in [first, second] {
            transfer.connect()
            transfer.head()
        }
        first.text("!a")
        first.done()
        core.node.flush()
        try tab.chat("b", "?b")
        #expect(try sent(core) == "user:?b", "m runs, and what was before it is not sent any more")
        try tab.abort("b")
        second.text("!m")
        second.done()
        core.node.flush()
        try tab.chat("c", "?c")
        #expect(try sent(core) == "system:Sm|user:?m|assistant:!m|user:?c")
        #expect(try transcript(core) == ["a:ended", "m:ended", "b:aborted"])
    }

    @Test("replaces drops that turn and all later ones")
    func replaces() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try turns(core, tab, "a", "b", "c")
        try tab.chat("d", "?d", in: "s", #""replaces":"b""#)
        #expect(try sent(core) == "user:?a|assistant:!a|user:?d")
        #expect(try transcript(core) == ["a:ended"])
        #expect(tab.frames.of("request").last?["replaces"] == "b")
    }

    @Test("a running turn that is replaced leaves the transcript and goes on")
    func replacesRunning() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try turns(core, tab, "a")
        try tab.chat("b", "?b")
        let running = core.upstream.last
        running.connect()
        running.head()
        try tab.chat("c", "?c", in: "s", #""replaces":"b""#)
        #expect(try sent(core) == "user:?a|assistant:!a|user:?c")
        let late = try core.tab()
        let requests = late.frames.of("joined").first?.object("snapshot")["requests"] as? [[String: Any]] ?? []
        #expect(requests.map { $0["replaced"] as? Bool } == [true, nil])
        running.text("still here")
        running.done()
        core.node.flush()
        try tab.read()
        #expect(tab.request("b").answer == "still here" && tab.request("b").terminal == "end")
        #expect(try transcript(core) == ["a:ended"])
        #expect(try tab.chat("d", "?d", in: "s", #""replaces":"b""#).map(\.code) == ["unknown_request"])
    }

    @Test("replacing what is not there is unknown_request")
    func replacesUnknown() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        #expect(try tab.chat("a", "x", in: "s", #""replaces":"never""#).map(\.code) == ["unknown_request"])
        try tab.chat("n", "x", in: "s", #""store":false"#)
        #expect(try tab.chat("a", "x", in: "s", #""replaces":"n""#).map(\.code) == ["unknown_request"])
    }

    @Test("store false leaves the transcript as it is: with input, with messages, with replaces")
    func storeFalse() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try turns(core, tab, "a", "b")
        try tab.chat("x", "?x", in: "s", #""store":false"#)
        #expect(try sent(core) == "user:?a|assistant:!a|user:?b|assistant:!b|user:?x")
        core.answer("!x")
        try messages(tab, "y", #","store":false"#)
        #expect(try sent(core) == "system:Sy|user:?y")
        core.answer("!y")
        try tab.chat("z", "?z", in: "s", #""store":false,"replaces":"b""#)
        #expect(try sent(core) == "user:?a|assistant:!a|user:?z")
        core.answer("!z")
        #expect(try transcript(core) == ["a:ended", "b:ended"])
        try tab.chat("c", "?c")
        #expect(try sent(core) == "user:?a|assistant:!a|user:?b|assistant:!b|user:?c")
    }

    @Test("content parts travel as they came")
    func parts() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.send(#"{"type":"chat","session":"s","request":"r","input":[ {"type":"text", "text":"x"} ]}"#)
        #expect(core.upstream.last.body.contains(#"[{"role":"user","content":[{"type":"text","text":"x"}]}]"#))
    }
}
