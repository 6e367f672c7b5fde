import BridgeCore
import BridgeTestKit
import ChatProtocol
import Providers
import Testing

@Suite("Snapshots")
struct SnapshotTests {
    private func parts(_ book: LogBook) throws -> (messages: [[String: Any]], requests: [[String: Any]], Int?) {
        let frame = try #require(Frame(book.joined()))
        let snapshot = frame.object("snapshot")
        return (
            snapshot["messages"] as? [[String: Any]] ?? [], snapshot["requests"] as? [[String: Any]] ?? [],
            snapshot["truncated"] as? Int
        )
    }

    @Test("choice 1 that speaks before choice 0 is not shown as choice 0")
    func choiceOrder() throws {
        let book = LogBook()
        book.request("a")
        book.start("a")
        book.text("a", "one", choice: 1)
        let request = try #require(try parts(book).requests.first)
        #expect(request["text"] == nil)
        let choices = try #require(request["choices"] as? [[String: Any]])
        #expect(choices.count == 1 && choices[0]["choice"] as? Int == 1 && choices[0]["text"] as? String == "one")
    }

    @Test("a running request has its fields, its start's, what it has said, and n")
    func running() throws {
        let book = LogBook()
        book.request("a")
        book.start("a")
        book.text("a", "x\n")
        book.append("a", .one(.reasoning, "why"))
        book.append("a", .one(.refusal, "no"))
        book.append("a", .one(.toolCall, "{}", toolIndex: 3, id: "c", name: "f"))
        let request = try #require(try parts(book).requests.first)
        #expect(request["request"] as? String == "a" && request["n"] as? Int == 5 && request["at"] as? Int == 1)
        #expect(request["input"] as? String == "?" && request["model"] as? String == "m")
        #expect(request["upstream"] as? String == "u" && request["provider"] as? String == "p")
        #expect(request["attempt"] as? Int == 1 && request["ttfb_ms"] as? Int == 1)
        #expect(request["text"] as? String == "x\n" && request["reasoning"] as? String == "why")
        #expect(request["refusal"] as? String == "no")
        let calls = try #require(request["tool_calls"] as? [[String: Any]])
        #expect(calls[0]["index"] as? Int == 3 && calls[0]["id"] as? String == "c")
        #expect(calls[0]["name"] as? String == "f" && calls[0]["arguments"] as? String == "{}")
    }

    @Test("a request that has not started shows what was asked for")
    func notStarted() throws {
        let book = LogBook()
        book.request("a")
        let request = try #require(try parts(book).requests.first)
        #expect(request["n"] as? Int == 0 && request["model"] as? String == "m" && request["provider"] == nil)
        #expect(request["text"] == nil)
    }

    @Test("an ended turn is its prompt's messages, then its answer, in OpenAI's shapes")
    func ended() throws {
        let book = LogBook()
        book.request("a")
        book.start("a")
        book.text("a", "x")
        book.append("a", .one(.reasoning, "why"))
        book.append("a", .one(.toolCall, "{}", id: "c", name: "f"))
        book.end("a")
        let (messages, requests, truncated) = try parts(book)
        #expect(messages.count == 2 && requests.isEmpty && truncated == nil)
        #expect(messages[0]["role"] as? String == "user" && messages[0]["content"] as? String == "?")
        #expect(messages[0]["request"] as? String == "a" && messages[0]["status"] == nil)
        #expect(messages[1]["role"] as? String == "assistant" && messages[1]["content"] as? String == "x")
        #expect(messages[1]["status"] as? String == "ended" && messages[1]["reasoning"] as? String == "why")
        #expect(messages[1]["model"] as? String == "m")
        let call = try #require((messages[1]["tool_calls"] as? [[String: Any]])?.first)
        #expect(call["id"] as? String == "c" && call["type"] as? String == "function")
        let function = try #require(call["function"] as? [String: Any])
        #expect(function["name"] as? String == "f" && function["arguments"] as? String == "{}")
    }

    @Test("a turn without output has an answer with empty content, one of tool calls only has null")
    func noContent() throws {
        let book = LogBook()
        book.request("a")
        book.end("a", .aborted)
        book.request("b")
        book.start("b")
        book.append("b", .one(.toolCall, "{}", id: "c", name: "f"))
        book.end("b")
        let messages = try parts(book).messages
        #expect(messages[1]["content"] as? String == "" && messages[1]["status"] as? String == "aborted")
        #expect(messages[3].keys.contains("content") && messages[3]["content"] as? String == nil)
    }

    @Test("at most 4 MiB of messages, the newest; truncated says how many are missing")
    func truncation() throws {
        let book = LogBook()
        let megabyte = DeltaBatch.one(.text, String(repeating: "x", count: 1 << 20))
        for index in 0..<6 {
            book.request("r\(index)")
            book.start("r\(index)")
            book.append("r\(index)", megabyte)
            book.end("r\(index)")
        }
        let (messages, _, truncated) = try parts(book)
        #expect(messages.count == 6 && truncated == 6)
        #expect(messages.first?["request"] as? String == "r3" && messages.last?["request"] as? String == "r5")
        #expect(book.joined().utf8.count < (4 << 20) + 1024)
    }

    @Test("an answer larger than that is shown all the same, alone")
    func hugeAnswer() throws {
        let book = LogBook()
        let answer = DeltaBatch.one(.text, String(repeating: "x", count: 5 << 20))
        for id in ["a", "b"] {
            book.request(id)
            book.start(id)
            book.append(id, answer)
            book.end(id)
        }
        let (messages, _, truncated) = try parts(book)
        #expect(messages.count == 1 && truncated == 3)
        #expect((messages[0]["content"] as? String)?.utf8.count == 5 << 20)
    }

    @Test("each choice says why it ended itself")
    func reasonOfEachChoice() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r", "hello", in: "s", #""params":{"n":2}"#)
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("whole", choice: 0)
            $0.text("cut", choice: 1)
            $0.event(#"{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}"#)
            $0.finish("stop")
            $0.done()
        }
        let snapshot = try #require(try core.tab().frames.of("joined").first).object("snapshot")
        let answers = try #require(snapshot["messages"] as? [[String: Any]]).filter { $0["status"] != nil }
        #expect(answers.map { $0["content"] as? String } == ["whole", "cut"])
        #expect(answers.map { $0["reason"] as? String } == ["stop", "length"])
    }

    @Test("a prompt's own members do not pass for what the server says of a turn")
    func promptWithTurnMembers() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        // A client sends back what a snapshot gave it; one of the names is written with an escape.
        try tab.send(
            #"{"type":"chat","session":"s","request":"r","messages":[{"request":"q","role":"assistant","content":"old","st\u0061tus":"ended","at":1},{"role":"user","content":"new"}]}"#
        )
        try tab.abort("r")
        let snapshot = try #require(try core.tab().frames.of("joined").first).object("snapshot")
        let messages = try #require(snapshot["messages"] as? [[String: Any]])
        #expect(messages.map { $0["status"] as? String } == [nil, nil, "aborted"])
        #expect(messages.map { $0["request"] as? String } == ["r", "r", "r"])
        #expect(messages.map { $0["content"] as? String } == ["old", "new", ""])
        #expect(messages[0]["at"] as? Int != 1)
    }

    @Test("a snapshot serves until much has happened since, and not once that was forgotten")
    func serves() {
        let book = LogBook()
        book.request("a")
        book.start("a")
        let snapshot = Snapshot(seq: book.log.head, transcript: book.transcript, running: book.turns)
        #expect(snapshot.serves(book.log))
        book.text("a", String(repeating: "x", count: 4000))
        #expect(snapshot.serves(book.log))
        book.text("a", String(repeating: "x", count: 4000))
        #expect(!snapshot.serves(book.log))
        let other = Snapshot(seq: book.log.head, transcript: book.transcript, running: book.turns)
        book.text("a", "x")
        book.log.trim(maxEntries: 0, maxBytes: 0)
        #expect(!other.serves(book.log))
    }

    @Test(
        "who joins while the last snapshot is still on its way to another finds what was accepted since in one of his own"
    )
    func inFlight() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.answer(String(repeating: "x", count: 500_000))
        let slow = Tab(core, sessions: ["s"], room: 2)
        try tab.chat("mine")
        let late = try core.tab()
        let joined = try #require(late.frames.of("joined").first)
        #expect("\(joined)".contains("mine"), "running, and listed")
        core.answer("y")
        core.node.flush()
        try late.read()
        #expect(late.request("mine").answer == "y")
        try slow.read()
        slow.connection.makeRoom()
        core.node.flush()
        try slow.read()
        #expect(slow.request("mine").answer == "y")
    }

    @Test("tabs that join and do not read pin a few versions at most, and these are counted and let go of")
    func pinned() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.answer(String(repeating: "x", count: 500_000))
        core.node.flush()
        let before = core.node.hub.countedBytes
        var slow: [Tab] = []
        for index in 0..<8 {
            slow.append(Tab(core, sessions: ["s"], room: 2))
            try tab.chat("r\(index)")
            core.answer("y")
            core.node.flush()
        }
        let growth = core.node.hub.countedBytes - before
        #expect((3 * 500_000..<5 * 500_000).contains(growth), "\(growth)")
        for tab in slow {
            try tab.read()
            tab.connection.makeRoom()
            core.node.flush()
            try tab.read()
            #expect(tab.request("r7").answer == "y")
        }
        try tab.chat("last")
        core.answer("z")
        core.node.flush()
        #expect(core.node.hub.countedBytes - before < 2 * 500_000)
        let session = try #require(core.node.hub.session("s"))
        #expect(session.currentSnapshot().seq == session.log.head)
    }
}
