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

    @Test("a chat without a model gets the default; without a default the upstream decides")
    func noModel() throws {
        let core = CoreFixture(defaultModel: nil)
        let tab = try core.tab()
        let frames = try tab.chat("r")
        #expect(frames.types == ["accepted", "request"])
        #expect(frames.last?.object["model"] == nil)
        #expect(!core.upstream.last.body.contains("model"))
        try tab.chat("named", "x", in: "s", #""model":"m""#)
        #expect(core.upstream.last.body.contains(#""model":"m""#))
        let other = CoreFixture(defaultModel: "usual")
        try other.tab().chat("r")
        #expect(other.upstream.last.body.contains(#""model":"usual""#))
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
}
