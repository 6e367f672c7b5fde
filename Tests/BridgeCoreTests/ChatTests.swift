import BridgeCore
import BridgeTestKit
import Testing

@Suite("Chat: accepted or not")
struct ChatTests {
    @Test("the same chat again starts nothing and is accepted as a duplicate")
    func duplicate() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        let frames = try tab.chat("r", "hello", in: "s", #""id":5,"key":"another""#)
        #expect(
            frames.map(\.description) == [#"{"type":"accepted","id":5,"session":"s","request":"r","duplicate":true}"#])
        #expect(core.upstream.transfers.count == 1)
        core.answer("x")
        #expect(try tab.chat("r").of("accepted").first?["duplicate"] == true)
        #expect(core.upstream.transfers.count == 1)
    }

    @Test("another chat under the same id is request_exists, also after the end")
    func exists() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        #expect(try tab.chat("r", "other").map(\.code) == ["request_exists"])
        core.answer("x")
        try tab.read()
        #expect(try tab.chat("r", "other").map(\.code) == ["request_exists"])
        #expect(core.upstream.transfers.count == 1)
    }

    @Test("an id is its session's: the same one elsewhere is another request")
    func sessionScope() throws {
        let core = CoreFixture()
        let tab = try core.tab("s", "t")
        try tab.chat("r")
        #expect(try tab.chat("r", "other", in: "t").types == ["accepted", "request"])
    }

    @Test("an id that still runs is not taken twice, however many came since")
    func longRunning() throws {
        var limits = Limits()
        limits.rememberedRequests = 5
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("long")
        for index in 0..<10 {
            try tab.chat("r\(index)")
            core.answer("x")
        }
        try tab.read()
        #expect(try tab.chat("long").map(\.code) == ["request_exists"])
        #expect(try tab.abort("long").of("ok").first?.object["requests"] as? [String] == ["long"])
    }

    @Test("a chat without having joined is not_joined, and leaves no trace")
    func notJoined() throws {
        let core = CoreFixture()
        let tab = try core.tab("other")
        let error = try #require(try tab.chat("r").first)
        #expect(error.type == "error" && error.code == "not_joined" && error["command"] == "chat")
        #expect(error["session"] == "s" && error["request"] == "r" && error["retryable"] == false && error.seq == nil)
        #expect(core.upstream.transfers.isEmpty && core.node.hub.session("s") == nil)
    }

    @Test("a chat with another epoch is interrupted and starts nothing; with this one it starts")
    func epoch() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let error = try #require(try tab.chat("r", "x", in: "s", #""epoch":"old""#).first)
        #expect(error.code == "interrupted" && error["retryable"] == true)
        #expect(core.upstream.transfers.isEmpty)
        let frames = try tab.chat("q", "x", in: "s", #""epoch":"\#(tab["s"].epoch)""#)
        #expect(frames.types == ["accepted", "request"])
    }

    @Test(
        "what cannot be sent is a bad_request that says why",
        arguments: [
            (#""upstream":"nope""#, "default"), (#""model":"""#, "`model`"), (#""params":{"stream":false}"#, "stream"),
            (#""params":{"n":1,"model":"x"}"#, "model"), (#""params":{"messages":[]}"#, "messages"),
            (#""params":{"stream_options":{}}"#, "stream_options"), (#""key":"a b""#, "`key`"), (#""key":"""#, "`key`"),
        ])
    func badRequest(_ member: String, _ word: String) throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let error = try #require(try tab.chat("r", "x", in: "s", member).first)
        #expect(error.code == "bad_request")
        let message: String? = error["message"]
        #expect(message?.contains(word) == true, "\(error)")
        #expect(core.upstream.transfers.isEmpty && tab["s"].seq == 0)
        #expect(try tab.chat("r").types == ["accepted", "request"], "the id was not used up")
    }

    @Test("a server without a default model needs one in the chat")
    func noModel() throws {
        let core = CoreFixture(defaultModel: nil)
        let tab = try core.tab()
        #expect(try tab.chat("r").map(\.code) == ["bad_request"])
        #expect(try tab.chat("r", "x", in: "s", #""model":"m""#).types == ["accepted", "request"])
    }

    @Test("our limits are too_many_requests: in a session, in all, and of memory")
    func limits() throws {
        var limits = Limits()
        limits.maxSessionRequests = 2
        limits.maxRequests = 3
        let core = CoreFixture(limits: limits)
        let tab = try core.tab("s", "t")
        for id in ["a", "b"] { try tab.chat(id) }
        #expect(try tab.chat("c").map(\.code) == ["too_many_requests"])
        try tab.chat("a", "x", in: "t")
        let error = try #require(try tab.chat("b", "x", in: "t").first)
        #expect(error.code == "too_many_requests" && error["retryable"] == true)
        try tab.abort("a")
        #expect(try tab.chat("b", "x", in: "t").types == ["accepted", "request"])
    }

    @Test("a conversation that makes too large a body is a bad_request")
    func requestBytes() throws {
        var limits = Limits()
        limits.maxRequestBytes = 2000
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("a", String(repeating: "x", count: 1500))
        core.answer("y")
        try tab.read()
        let error = try #require(try tab.chat("b", String(repeating: "x", count: 500)).first)
        #expect(error.code == "bad_request" && error.description.contains("2000"))
        #expect(try tab.chat("c", "x", in: "s", #""replaces":"a""#).types == ["accepted", "request"])
    }

    @Test("a prompt of more than 64 KiB of messages is announced by its last one, and sent whole")
    func longPrompt() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let long = String(repeating: "x", count: 70_000)
        let frames = try tab.send(
            #"{"type":"chat","session":"s","request":"r","messages":[{"role":"user","content":"\#(long)"},{"role":"user","content":"last"}]}"#
        )
        let request = try #require(frames.of("request").first)
        #expect(request["omitted"] == 1 && request.objects("messages").count == 1)
        #expect(core.upstream.last.body.contains(long))
    }

    @Test("the request frame shows everybody what was asked")
    func requestFrame() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let other = try core.tab()
        try tab.chat("r", "hi", in: "s", #""params":{"n":1},"store":false,"key":"sk-secret""#)
        let request = try #require(try other.read().of("request").first)
        #expect(request["input"] == "hi" && request["model"] == "fake-model" && request["upstream"] == "default")
        #expect(request.object("params")["n"] as? Int == 1 && request["store"] == false && request.n == 0)
        #expect(request["at"] == Int(core.timers.unixMilliseconds))
        #expect(!request.description.contains("sk-secret"))
    }

    @Test("several commands in one message are each answered, a broken one too")
    func severalLines() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let frames = try tab.send(
            [#"{"type":"ping","id":1}"#, "", "{broken", #"{"type":"nope","id":"x"}"#, #"{"type":"hello"}"#, ""]
                .joined(separator: "\n"))
        #expect(frames.types == ["pong", "error", "error", "ok"])
        #expect(frames[1].code == "bad_request" && frames[2].code == "unknown_type" && frames[2]["id"] == "x")
    }

    @Test("key.check is not known yet")
    func keyCheck() throws {
        let tab = try CoreFixture().tab()
        #expect(try tab.send(#"{"type":"key.check","key":"k"}"#).map(\.code) == ["unknown_type"])
    }
}

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
