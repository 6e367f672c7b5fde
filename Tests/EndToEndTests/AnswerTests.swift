import BridgeTestKit
import Testing

@Suite("An answer on its way to the tabs")
struct AnswerTests {
    let upstream: ScriptedUpstream
    let server: ServerProcess

    init() throws {
        upstream = try ScriptedUpstream()
        server = try ServerProcess(upstream: upstream.url + "/v1")
    }

    private static let pieces = ["Once ", "upon ", "a ", "time, ", "there ", "was ", "a ", "log."]
    private static let answer = pieces.joined()

    /// An answer that waits at a gate before each piece.
    private func gated(_ gates: [Gate]) -> Script {
        var steps: [Script.Step] = [.streamHead]
        for (gate, piece) in zip(gates, Self.pieces) { steps += [.wait(gate), .delta(piece)] }
        return Script(steps + [.finish(), .done, .lastChunk])
    }

    @Test("two tabs of a session see the same bytes")
    func twoTabs() throws {
        upstream.answer(.chat(Self.pieces))
        let one = try Tab.joined(server.port, session: "s")
        let two = try Tab.joined(server.port, session: "s")
        try one.chat("r")
        try one.waitForEnd(of: "r")
        try two.waitForEnd(of: "r")
        #expect(one.answer("r") == Self.answer)
        #expect(two.answer("r") == Self.answer)
        // Merging depends on when a tab was written to; both were idle, so even the messages agree.
        func log(_ tab: Tab) -> [String] {
            tab.messages.flatMap { $0.split(separator: "\n").map(String.init) }.filter { $0.contains(#""n":"#) }
        }
        #expect(log(one) == log(two))
        #expect(upstream.requests.count == 1)
    }

    @Test("a late tab gets a snapshot and then the rest")
    func lateTab() throws {
        let gates = Self.pieces.map { _ in Gate() }
        upstream.answer(gated(gates))
        let early = try Tab.joined(server.port, session: "s")
        try early.chat("r")
        for gate in gates.prefix(4) { gate.open() }
        try early.wait(until: { $0.requests["r"]?.answer == Self.pieces.prefix(4).joined() })
        let late = try Tab.joined(server.port, session: "s")
        #expect(late.model.snapshots == 1)
        #expect(late.answer("r") == Self.pieces.prefix(4).joined())
        for gate in gates.dropFirst(4) { gate.open() }
        try late.waitForEnd(of: "r")
        #expect(late.answer("r") == Self.answer)
        let after = try Tab.joined(server.port, session: "s")
        #expect(after.answer("r") == Self.answer, "a tab that comes after the end finds it in the transcript")
    }

    @Test("a tab that is killed and comes back misses nothing and sees nothing twice, wherever it was cut")
    func cutEverywhere() throws {
        for cut in 0...Self.pieces.count {
            let gates = Self.pieces.map { _ in Gate() }
            upstream.answer(gated(gates))
            let session = "cut-\(cut)"
            let tab = try Tab.joined(server.port, session: session)
            let other = try Tab.joined(server.port, session: session)
            try tab.chat("r")
            for gate in gates.prefix(cut) { gate.open() }
            if cut > 0 {
                try tab.wait(until: { $0.requests["r"]?.answer == Self.pieces.prefix(cut).joined() })
            } else {
                try tab.wait { $0.type == "request" }
            }
            tab.socket.reset()
            for gate in gates.dropFirst(cut) { gate.open() }
            try other.waitForEnd(of: "r")
            try tab.comeBack()
            try tab.waitForEnd(of: "r")
            #expect(tab.answer("r") == Self.answer)
            #expect(tab.model.snapshots == 1, "resumed from its position, not from a snapshot")
        }
    }

    @Test("a tab that stops reading, then reads again, gets all of it, merged")
    func slowTab() throws {
        let piece = String(repeating: "0123456789abcdef", count: 64)
        let pieces = Array(repeating: piece, count: 3000)
        upstream.answer(.chat(pieces))
        let slow = try Tab.joined(server.port, session: "s", receiveBuffer: 4096)
        let quick = try Tab.joined(server.port, session: "s")
        try quick.chat("r")
        try quick.waitForEnd(of: "r")
        #expect(quick.answer("r").utf8.count == 3000 * 1024)
        try slow.waitForEnd(of: "r")
        #expect(slow.answer("r") == quick.answer("r"))
        #expect(slow.messages.count < 1000, "what lags is merged")
    }

    @Test("a hundred requests at once in one session keep apart")
    func hundredRequests() throws {
        for index in 0..<100 {
            upstream.answer(.chat(["a\(index) ", "b\(index)"])) { $0.asks(forModel: "m\(index)") }
        }
        let tab = try Tab.joined(server.port, session: "s")
        for index in 0..<100 { try tab.chat("r\(index)", model: "m\(index)") }
        for index in 0..<100 { try tab.waitForEnd(of: "r\(index)") }
        for index in 0..<100 { #expect(tab.answer("r\(index)") == "a\(index) b\(index)") }
    }

    @Test("what the upstream was sent and what it said arrive as they should")
    func content() throws {
        upstream.answer(.chat([#"quote \" backslash \\ newline \n emoji 😀 \ud83d\ude00 ünïcode"#]))
        let tab = try Tab.joined(server.port, session: "s")
        try tab.send(
            #"{"type":"chat","session":"s","request":"r","model":"m","params":{"temperature":0.5,"max_tokens":7},"messages":[{"role":"user","content":"grüß \u00fcber 😀"}]}"#
        )
        try tab.waitForEnd(of: "r")
        #expect(tab.answer("r") == "quote \" backslash \\ newline \n emoji 😀 😀 ünïcode")
        let request = try upstream.waitForRequest(0)
        let body = try #require(Frame(request.text))
        #expect(body["model"] == "m")
        #expect(body["stream"] == true)
        #expect(body["temperature"] == 0.5)
        #expect(body["max_tokens"] == 7)
        #expect((body.objects("messages").first?["content"] as? String) == "grüß über 😀")
        #expect(request.target == "/v1/chat/completions")
    }
}
