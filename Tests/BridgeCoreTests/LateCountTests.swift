import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("A conversation whose tokens are counted elsewhere")
struct LateCountTests {
    private let counter = FakeCounter(isLate: true) { $0.utf8.count }
    private let core: CoreFixture
    private let tab: Tab

    init() throws {
        core = CoreFixture(targets: [.fake("u", defaultModel: "m")], counter: counter)
        tab = try core.tab()
    }

    /// A `chat` that has to be counted; nothing comes of it yet.
    private func ask(_ id: String, _ more: String = "") throws {
        #expect(try tab.chat(id, "hello", in: "s", #""context":{"max_tokens":20}\#(more)"#).isEmpty)
        #expect(!counter.waiting.isEmpty)
    }

    private func counted() throws -> [Frame] {
        counter.answer()
        core.node.flush()
        return try tab.read()
    }

    /// The newest transfer answers, and says itself what that cost.
    private func answer(_ text: String) {
        core.upstream {
            $0.connect()
            $0.head()
            $0.text(text)
            $0.event(#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#)
            $0.finish()
            $0.done()
            $0.end()
        }
    }

    private func sent() throws -> [String] {
        try #require(Frame(core.upstream.last.body)).objects("messages").compactMap { $0["content"] as? String }
    }

    @Test("it begins when they are, and the connection's further commands wait for it, in order")
    func order() throws {
        try ask("a")
        #expect(core.upstream.transfers.isEmpty)
        #expect(try tab.send(#"{"type":"ping","id":1}"# + "\n" + #"{"type":"ping","id":2}"#).isEmpty)
        #expect(try tab.abort("a").isEmpty)
        #expect(tab.connection.isPaused)
        let other = try core.tab()
        #expect(try other.send(#"{"type":"ping"}"#).types == ["pong"], "others are not held up")
        let frames = try counted()
        #expect(frames.types == ["accepted", "pong", "pong", "ok", "request", "aborted"])
        #expect(!tab.connection.isPaused && core.node.hub.inputBytes == 0)
    }

    @Test("commands in the same message wait, too, and a second count follows the first")
    func sameMessage() throws {
        func chat(_ id: String) -> String {
            #"{"type":"chat","session":"s","request":"\#(id)","input":"hello","context":{"max_tokens":20}}"#
        }
        #expect(try tab.send([chat("a"), chat("b"), #"{"type":"ping"}"#].joined(separator: "\n")).isEmpty)
        #expect(counter.waiting.count == 1)
        #expect(try counted().types == ["accepted", "request"])
        #expect(counter.waiting.count == 1)
        #expect(try counted().types == ["accepted", "pong", "request"])
    }

    @Test("a turn that ends meanwhile is counted as well, and only that")
    func changed() throws {
        try tab.chat("long", "question")
        try ask("a")
        answer("answer")
        #expect(try counted().types.contains("accepted") == false)
        #expect(counter.waiting.count == 1 && counter.jobs.last?.texts == ["question", "answer"])
        let frames = try counted()
        #expect(frames.of("accepted").count == 1)
        #expect(try sent() == ["hello"])
        #expect(frames.of("request").first?.object("context")["omitted"] as? Int == 2)
    }

    @Test("what is no longer allowed when the count comes is refused then")
    func revalidated() throws {
        try ask("a")
        let other = try core.tab()
        try other.chat("a", "something else")
        #expect(try counted().map(\.code).contains("request_exists"))
        try ask("b", #","id":7"#)
        core.node.drain {}
        core.node.flush()
        let error = try #require(try counted().of("error").first)
        #expect(error.code == "draining" && error["id"] == 7 && error["request"] == "b")
    }

    @Test("a chat whose replaced turn goes meanwhile is refused")
    func replaced() throws {
        try tab.chat("r1", "one")
        answer("two")
        try tab.read()
        try ask("r2", #","replaces":"r1""#)
        let other = try core.tab()
        try other.chat("r3", "instead", in: "s", #""replaces":"r1""#)
        #expect(try counted().map(\.code).contains("unknown_request"))
    }

    @Test("of a connection that has gone nothing begins, and nothing is kept")
    func gone() throws {
        try ask("a")
        weak let handler = tab.connection.handler
        tab.disconnect()
        counter.answer()
        core.node.flush()
        #expect(core.upstream.transfers.isEmpty && core.node.hub.inputBytes == 0)
        #expect(handler == nil)
    }

    @Test("a count that takes too long is not waited for: an estimate serves, and the commands behind it go on")
    func deadline() throws {
        try ask("a")
        #expect(try tab.abort("a").isEmpty)
        core.advance(by: GenerationState.countingMilliseconds - 1)
        #expect(try tab.read().isEmpty && tab.connection.isPaused)
        core.advance(by: 1)
        let frames = try tab.read()
        #expect(frames.types == ["accepted", "ok", "request", "aborted"])
        let said = try #require(frames.of("request").first).object("context")
        #expect(said["source"] as? String == "calibrated" && (said["tokens"] as? Int ?? 99) < "hello".utf8.count + 7)
        #expect(!tab.connection.isPaused)
        #expect(core.node.hub.inputBytes > 0, "the counter still holds the text")
        let transfers = core.upstream.transfers.count
        #expect(try counted().isEmpty && core.upstream.transfers.count == transfers)
        #expect(core.node.hub.inputBytes == 0)
    }

    @Test("no time is measured any more once the count is there")
    func inTime() throws {
        try ask("a")
        #expect(try counted().types == ["accepted", "request"])
        core.advance(by: GenerationState.countingMilliseconds)
        #expect(try tab.read().isEmpty && core.upstream.transfers.count == 1)
    }

    @Test("what waits to be counted is bounded with the commands that wait")
    func bounded() throws {
        var limits = Limits()
        limits.maxIncompleteBytes = 1_000
        let core = CoreFixture(limits: limits, targets: [.fake("u")], counter: counter)
        let tab = try core.tab()
        let long = String(repeating: "x", count: 2_000)
        #expect(try tab.chat("a", long, in: "s", #""context":{"max_tokens":20}"#).map(\.code) == ["too_many_requests"])
        #expect(core.node.hub.inputBytes == 0 && counter.waiting.isEmpty)
    }
}
