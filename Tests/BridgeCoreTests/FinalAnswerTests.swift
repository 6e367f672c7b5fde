import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

/// The counting of a first answer's tokens takes a while: its vocabulary has to be read. Whoever has stopped that answer asks the
/// next question meanwhile.
@Suite("A turn whose answer is final, and whose tokens are not counted yet")
struct FinalAnswerTests {
    private let counter = FakeCounter(isLate: true)
    private let core: CoreFixture
    private let tab: Tab

    init() throws {
        core = CoreFixture(targets: [.fake("u", defaultModel: "m"), Self.patient], counter: counter)
        tab = try core.tab()
    }

    /// Reads on for the usage of what was aborted.
    private static let patient = UpstreamTarget.fake(
        "patient", defaultModel: "m", abortPolicy: .drain(maxTokens: 100, milliseconds: 5_000))

    /// Asks; the upstream answers this much.
    private func ask(_ id: String, saying text: String, _ more: String = "") throws {
        try tab.chat(id, "?\(id)", in: "s", more)
        core.upstream {
            $0.connect()
            $0.head()
            $0.text(text)
        }
        try tab.read()
    }

    /// `user:x|assistant:y` of the newest transfer.
    private func sent() throws -> String {
        try #require(Frame(core.upstream.last.body)).objects("messages").map {
            let calls = ($0["tool_calls"] as? [Any])?.count ?? 0
            return "\($0["role"] as? String ?? ""):\($0["content"] as? String ?? "")" + (calls > 0 ? "+\(calls)" : "")
        }.joined(separator: "|")
    }

    /// What the counter held back comes.
    private func counted() throws -> [Frame] {
        counter.answer()
        core.node.flush()
        return try tab.read()
    }

    private func snapshot() throws -> (ended: [String], running: [String]) {
        let late = try core.tab()
        defer { late.disconnect() }
        let snapshot = try #require(late.frames.of("joined").first).object("snapshot")
        func requests(_ name: String, _ isWanted: ([String: Any]) -> Bool) -> [String] {
            (snapshot[name] as? [[String: Any]] ?? []).filter(isWanted).compactMap { $0["request"] as? String }
        }
        return (requests("messages") { $0["status"] != nil }, requests("requests") { $0["replaced"] == nil })
    }

    @Test("a stopped question and its half answer are told with the next question, before anything is counted")
    func stopped() throws {
        try ask("a", saying: "Half an")
        #expect(try tab.abort("a").types == ["ok"])
        let frames = try tab.chat("b", "?b")
        #expect(try sent() == "user:?a|assistant:Half an|user:?b")
        #expect(frames.types == ["accepted", "request"])
        #expect(try counted().map { "\($0.type) \($0.seq ?? 0) \($0.n ?? 0)" } == ["aborted 5 3"])
        try tab.chat("c", "?c")
        #expect(try sent() == "user:?a|assistant:Half an|user:?c", "and once only when it is counted")
    }

    @Test("until its terminal frame a snapshot shows it as running, and then as what it became")
    func snapshots() throws {
        try ask("a", saying: "Half an")
        try tab.abort("a")
        let watcher = try core.tab()
        #expect(watcher.request("a").n == 2 && watcher.request("a").terminal == nil)
        try tab.chat("b", "?b")
        #expect(try snapshot() == ([], ["a", "b"]))
        #expect(try counted().types == ["aborted"])
        try watcher.read()
        #expect(watcher.request("a").terminal == "aborted" && watcher.request("a").answer == "Half an")
        #expect(try snapshot() == (["a"], ["b"]))
        #expect(try counted().isEmpty)
    }

    @Test("an answer that is complete is told whole, its calls of tools with it; calls that were cut off are not")
    func complete() throws {
        let call =
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]}}]}"#
        for (index, reason) in ["tool_calls", "length"].enumerated() {
            try ask("a\(index)", saying: "I look.")
            core.upstream {
                $0.event(call)
                $0.finish(reason)
                $0.done()
                $0.end()
            }
        }
        try tab.chat("b", "?b")
        #expect(try sent() == "user:?a0|assistant:I look.+1|user:?a1|assistant:I look.|user:?b")
        #expect(try counted().types == ["end", "end"])
    }

    @Test("an answer that broke off is told as far as it came; one that still runs is not")
    func broken() throws {
        try ask("a", saying: "Half an")
        core.upstream { $0.fail(.closed) }
        try ask("b", saying: "Still")
        try tab.chat("c", "?c")
        #expect(try sent() == "user:?a|assistant:Half an|user:?c")
        #expect(try counted().types == ["error"])
    }

    @Test("one that is read on for its usage is final from its abort on")
    func draining() throws {
        try ask("a", saying: "Half an", #""upstream":"patient""#)
        let transfer = core.upstream.last
        try tab.abort("a")
        transfer.text("other half")
        core.node.flush()
        try tab.chat("b", "?b")
        #expect(try sent() == "user:?a|assistant:Half an|user:?b")
        transfer.fail(.closed)
        core.node.flush()
        #expect(try counted().types == ["aborted"])
    }

    @Test("turns are told in their order, in whichever they are counted")
    func order() throws {
        try ask("a", saying: "1")
        let first = core.upstream.last
        try ask("b", saying: "2", #""context":{"max_tokens":1000}"#)
        try tab.abort("b")
        #expect(try counted().types == ["aborted"], "b is in the transcript")
        first.fail(.closed)
        core.node.flush()
        try tab.chat("c", "?c")
        #expect(try sent() == "user:?a|assistant:1|user:?b|assistant:2|user:?c")
        #expect(try counted().types == ["error"])
        #expect(try snapshot().ended == ["a", "b"])
    }

    @Test("replaced, it is neither told nor kept; what is before the replaced turn is")
    func replaced() throws {
        try ask("a", saying: "1")
        try tab.abort("a")
        try ask("b", saying: "2")
        try tab.abort("b")
        try tab.chat("c", "?c", in: "s", #""replaces":"b""#)
        #expect(try sent() == "user:?a|assistant:1|user:?c")
        #expect(try counted().types == ["aborted", "aborted"])
        #expect(try snapshot() == (["a"], ["c"]))
    }

    @Test("messages that come meanwhile leave it in its place, and no model is told of it; of themselves it is told")
    func messages() throws {
        try ask("a", saying: "1")
        try tab.abort("a")
        try tab.send(
            #"{"type":"chat","session":"s","request":"b","messages":[{"role":"user","content":"?b"}]}"#)
        #expect(try sent() == "user:?b")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("2")
        }
        try tab.abort("b")
        try tab.chat("c", "?c")
        #expect(try sent() == "user:?b|assistant:2|user:?c")
        #expect(try counted().of("aborted").count == 2)
        #expect(try snapshot().ended == ["a", "b"])
    }

    @Test("what is not to be stored is not told, counted or not")
    func unstored() throws {
        try ask("a", saying: "1", #""store":false"#)
        try tab.abort("a")
        try tab.chat("b", "?b")
        #expect(try sent() == "user:?b")
    }

    @Test("a conversation that is cut to a number of tokens has it, too")
    func context() throws {
        try ask("a", saying: "one two three")
        try tab.abort("a")
        try tab.chat("b", "?b", in: "s", #""context":{"max_tokens":25}"#)
        // The first count is that of the usage; then the conversation's, behind it.
        let frames = try counted()
        #expect(
            frames.types == ["aborted", "accepted", "request"] || frames.types == ["accepted", "aborted", "request"])
        #expect(frames.of("request").first?.object("context")["omitted"] as? Int == 0)
        #expect(try sent() == "user:?a|assistant:one two three|user:?b")
    }

    @Test(
        "what is counted too late, or not before the server ends, ends as it was decided; the next question has it all along"
    )
    func notCounted() throws {
        try ask("a", saying: "Half an")
        try tab.abort("a")
        core.advance(by: GenerationState.countingMilliseconds - 1)
        #expect(try tab.read().isEmpty)
        try tab.chat("b", "?b")
        #expect(try sent() == "user:?a|assistant:Half an|user:?b")
        core.advance(by: 1)
        #expect(try tab.read().types == ["aborted"])
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("x")
            $0.finish()
            $0.done()
            $0.end()
        }
        #expect(try tab.read().types == ["start", "delta"])
        core.node.interruptAll()
        core.node.flush()
        #expect(try tab.read().types == ["end"], "not interrupted: it was complete")
        #expect(try counted().isEmpty, "it comes to nobody")
        #expect(try snapshot() == (["a", "b"], []))
        try tab.chat("c", "?c")
        #expect(try sent() == "user:?a|assistant:Half an|user:?b|assistant:x|user:?c")
    }

    @Test("of several choices the first is told, while they are counted and afterwards")
    func choices() throws {
        try ask("a", saying: "One", #""params":{"n":2}"#)
        core.upstream { $0.event(#"{"choices":[{"index":1,"delta":{"content":"Other"}}]}"#) }
        try tab.abort("a")
        for (index, isCounted) in [false, true].enumerated() {
            if isCounted { #expect(try counted().types.contains("aborted")) }
            try tab.chat("b\(index)", "?b", in: "s", #""store":false"#)
            #expect(try sent() == "user:?a|assistant:One|user:?b")
        }
        #expect(try snapshot().ended == ["a", "a"])
    }

    @Test("one that was stopped before its first word is not told, while its prompt is counted and afterwards")
    func empty() throws {
        try tab.chat("a", "?a")
        core.upstream {
            $0.connect()
            $0.head()
        }
        try tab.abort("a")
        #expect(counter.waiting.count == 1)
        try tab.chat("b", "?b", in: "s", #""store":false"#)
        #expect(try sent() == "user:?b")
        #expect(try counted().types == ["aborted"])
        try tab.chat("c", "?c")
        #expect(try sent() == "user:?c")
        #expect(try snapshot() == (["a"], ["b", "c"]))
    }

    @Test("messages leave one that is read on in its place, and what replaces it has it go; neither tells of it")
    func drainingReplaced() throws {
        for (id, isReplaced) in [("kept", false), ("gone", true)] {
            try ask(id, saying: "Half an", #""upstream":"patient""#)
            let transfer = core.upstream.last
            try tab.abort(id)
            if isReplaced {
                try tab.chat("b", "?b", in: "s", #""replaces":"gone""#)
            } else {
                try tab.send(
                    #"{"type":"chat","session":"s","request":"m","messages":[{"role":"user","content":"?b"}]}"#)
            }
            #expect(try sent() == "user:?b")
            transfer.fail(.closed)
            core.node.flush()
            _ = try counted()
            #expect(tab.request(id).terminal == "aborted")
            #expect(try snapshot().ended == ["kept"])
        }
    }

    @Test("a question that is not to be stored is told of it, too")
    func unstoredQuestion() throws {
        try ask("a", saying: "Half an")
        try tab.abort("a")
        try tab.chat("b", "?b", in: "s", #""store":false"#)
        #expect(try sent() == "user:?a|assistant:Half an|user:?b")
        #expect(try counted().types == ["aborted"])
        #expect(try snapshot().ended == ["a"])
    }
}
