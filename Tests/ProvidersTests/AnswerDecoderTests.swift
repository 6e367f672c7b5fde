import BridgeTestKit
import Providers
import Testing

@Suite("The kinds of bodies")
struct AnswerBodyTests {
    @Test("a stream of chunks gives a delta for each that says something, and what the answer says about itself")
    func stream() {
        let answer = HeardAnswer.toEvents(
            chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"content":"Hel"}"#), chunk(#"{"content":"lo"}"#),
            chunk("{}", finishReason: "stop"),
            #"{"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#, "[DONE]")
        #expect(answer.deltas == [HeardDelta(content: "Hel"), HeardDelta(content: "lo")])
        #expect(answer.metadata == AnswerMetadata(model: "m1", id: "c1", created: 1_700_000_000))
        #expect(answer.finishReasons == [HeardAnswer.FinishReason(choice: 0, reason: "stop")])
        #expect(answer.usage == TokenUsage(input: 3, output: 2))
        #expect(answer.state == .done)
        #expect(!answer.isEmptyBody)
    }

    @Test("an empty body is told from one without content")
    func empty() {
        #expect(HeardAnswer.everyWay("").isEmptyBody)
        #expect(HeardAnswer.everyWay("").state == .streaming)
        #expect(!HeardAnswer.everyWay(": ping\n\n").isEmptyBody)
        #expect(HeardAnswer.everyWay(": ping\n\n").state == .streaming)
        #expect(HeardAnswer.everyWay("\n \n", contentType: nil).state == .streaming)
    }

    @Test("keep-alives are no content: comments, events without data, empty data, events that mean nothing")
    func keepAlives() {
        let answer = HeardAnswer.everyWay(
            ": OPENROUTER PROCESSING\n\n:\n\nevent: ping\n\ndata:\n\ndata: \n\ndata: {}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n"
                + "data: \(chunk(#"{"content":"x"}"#))\n\ndata: [DONE]\n\n")
        #expect(answer.text == "x")
        #expect(answer.state == .done)
    }

    @Test("chunks under a name are read, and other things under a name are not")
    func namedEvents() {
        let answer = HeardAnswer.everyWay(
            "event: chunk\ndata: \(chunk(#"{"content":"x"}"#))\n\nevent: heartbeat\ndata: still here\n\n"
                + "event: message\ndata: \(chunk(#"{"content":"y"}"#))\n\nevent: done\ndata: [DONE]\n\n")
        #expect(answer.text == "xy")
        #expect(answer.state == .done)
        #expect(HeardAnswer.everyWay("event: chunk\ndata: {\"choices\":[\n\n").isMalformed)
    }

    @Test("what follows [DONE] is not read", arguments: ["[DONE]", "[DONE] ", " [DONE]"])
    func afterDone(done: String) {
        let answer = HeardAnswer.toEvents(chunk(#"{"content":"x"}"#), done, chunk(#"{"content":"y"}"#), "junk")
        #expect(answer.text == "x")
        #expect(answer.state == .done)
    }

    @Test("a stream without [DONE] is not done, whatever its last words were")
    func withoutDone() {
        let answer = HeardAnswer.toEvents(chunk(#"{"content":"x"}"#), chunk("{}", finishReason: "stop"))
        #expect(answer.state == .streaming)
        #expect(answer.finishReason == "stop")
    }

    @Test(
        "a last event that lacks its blank line counts at a clean end", arguments: ["data: [DONE]", "data: [DONE]\n"])
    func unterminatedDone(ending: String) {
        let answer = HeardAnswer.everyWay("data: \(chunk(#"{"content":"x"}"#))\n\n" + ending)
        #expect(answer.state == .done)
        #expect(answer.text == "x")
    }

    @Test("a last chunk that lacks its blank line counts if it is whole, and leaves no trace if not")
    func unterminatedChunk() {
        let start = "data: \(chunk(#"{"content":"x"}"#))\n\n"
        let last = "data: \(chunk(#"{"content":"y"}"#, finishReason: "stop"))"
        let whole = HeardAnswer.everyWay(start + last)
        #expect(whole.text == "xy")
        #expect(whole.finishReason == "stop")
        for count in [7, 20, 60, last.utf8.count - 1] {
            let cut = HeardAnswer.everyWay(start + String(last.prefix(count)))
            #expect(cut.text == "x")
            #expect(cut.finishReason == nil)
            #expect(cut.state == .streaming, "the upstream broke off: the owner says so")
        }
    }

    @Test("without the end of the body, nothing that may still grow is delivered")
    func noEnd() {
        let answer = HeardAnswer(SplitFeeder("data: \(chunk(#"{"content":"x"}"#))\n"), isFinished: false)
        #expect(answer.deltas.isEmpty)
    }

    @Test(
        "a whole answer as one JSON object is read as such, whatever the content type says",
        arguments: ["application/json", "text/event-stream", nil] as [String?])
    func wholeJSON(contentType: String?) {
        let answer = HeardAnswer.everyWay(
            """
            {"id":"c2","object":"chat.completion","created":5,"model":"m2","choices":[{"index":0,"message":{"role":"assistant",
            "content":"Hi \\"you\\"","reasoning_content":"hm","refusal":null,"tool_calls":[{"id":"t1","type":"function","function":
            {"name":"f","arguments":"{\\"a\\":1}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],
            "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}
            """, contentType: contentType)
        #expect(answer.text == "Hi \"you\"")
        #expect(answer.text(.reasoning) == "hm")
        #expect(answer.toolCalls() == [HeardAnswer.ToolCall(id: "t1", name: "f", arguments: "{\"a\":1}")])
        #expect(answer.deltas.count == 3, "one delta a field")
        #expect(answer.finishReason == "tool_calls")
        #expect(answer.usage == TokenUsage(input: 1, output: 2))
        #expect(answer.metadata.id == "c2")
        #expect(answer.state == .done)
    }

    @Test(
        "an event stream that calls itself something else is read as one",
        arguments: ["application/json", "text/plain", nil])
    func mislabelledStream(contentType: String?) {
        let answer = HeardAnswer.everyWay(
            "\n\ndata: \(chunk(#"{"content":"x"}"#))\n\ndata: [DONE]\n\n", contentType: contentType)
        #expect(answer.text == "x")
        #expect(answer.state == .done)
    }
}

@Suite("Bodies that are wrong")
struct WrongBodyTests {
    @Test("a page is malformed from its first byte on")
    func page() {
        let answer = HeardAnswer(
            SplitFeeder("  <html><body>data: x\n\n"), .bytewise, contentType: "text/html", isFinished: false)
        #expect(answer.isMalformed)
        #expect(answer.deltas.isEmpty)
    }

    @Test("text that is no event stream is malformed, unless it claimed to be one and just said nothing")
    func plainText() {
        #expect(HeardAnswer.everyWay("upstream connect error", contentType: "text/plain").isMalformed)
        #expect(HeardAnswer.everyWay("upstream connect error\n\n", contentType: nil).isMalformed)
        #expect(HeardAnswer.everyWay("upstream connect error\n\n").state == .streaming)
    }

    @Test(
        "broken JSON in an event is malformed; what came before stays, and of the broken event nothing does",
        arguments: [
            "junk", "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lost\"}}]", "{]", "[]", "null", "7", "{} {}",
            #"{"choices":[{"index":0,"delta":{"content":"lost","x":nope}}]}"#,
            #"{"choices":[{"delta":{"content":"\q"}}]}"#,
            "[DONE", "[DONE]x",
        ])
    func brokenEvent(data: String) {
        let answer = HeardAnswer.toEvents(chunk(#"{"content":"kept"}"#), data, chunk(#"{"content":"late"}"#))
        #expect(answer.isMalformed)
        #expect(answer.text == "kept")
        if case .malformed(let sentence) = answer.state {
            #expect(sentence.hasSuffix(".") && !sentence.contains("lost"))
        }
    }

    @Test(
        "JSON that is no answer is malformed",
        arguments: ["{}", "{\"id\":\"x\"}", "[]", "{\"choices\":null}", "{\"choices\":[]", "{} x"])
    func otherJSON(body: String) {
        #expect(HeardAnswer.everyWay(body, contentType: "application/json").isMalformed)
    }

    @Test("an event or a body beyond its limit is malformed")
    func limits() {
        var limits = DecoderLimits()
        limits.maxEventBytes = 300
        limits.maxBodyBytes = 300
        let small = "data: \(chunk(#"{"content":"x"}"#))\n\n"
        let large = "data: \(chunk("{\"content\":\"\(String(repeating: "y", count: 300))\"}"))\n\n"
        for way in [SplitFeeder.Way.whole, .bytewise, .every(100)] {
            let answer = HeardAnswer(SplitFeeder(small + large + small), way, limits: limits)
            #expect(answer.text == "x")
            #expect(answer.isMalformed)
            let json = "{\"choices\":[],\"pad\":\"\(String(repeating: "y", count: 300))\"}"
            #expect(HeardAnswer(SplitFeeder(json), way, limits: limits).isMalformed)
        }
    }

    @Test("white space in front of a body does not count, in whichever pieces it comes")
    func limitAfterWhiteSpace() {
        var limits = DecoderLimits()
        let json = #"{"choices":[{"message":{"content":"x"}}]}"#
        limits.maxBodyBytes = json.utf8.count
        let feeder = SplitFeeder("\r\n \t" + json)
        for way in feeder.ways() { #expect(HeardAnswer(feeder, way, limits: limits).text == "x", "\(way)") }
    }

    @Test("more choices or tool calls than the limit are malformed")
    func counts() {
        var limits = DecoderLimits()
        limits.maxChoices = 2
        limits.maxToolCalls = 2
        func answer(_ events: [String]) -> HeardAnswer {
            HeardAnswer(SplitFeeder(events.map { "data: \($0)\n\n" }.joined()), limits: limits)
        }
        func choice(_ index: Int) -> String { #"{"choices":[{"index":\#(index),"delta":{"content":"x"}}]}"# }
        #expect(answer((0..<2).map(choice)).state == .streaming)
        #expect(answer((0..<3).map(choice)).isMalformed)
        func call(_ index: Int) -> String { chunk(#"{"tool_calls":[{"index":\#(index),"id":"t\#(index)"}]}"#) }
        #expect(answer((0..<2).map(call)).state == .streaming)
        #expect(answer((0..<3).map(call)).isMalformed)
    }
}

@Suite("Errors inside an answer")
struct InnerErrorTests {
    @Test(
        "an error object ends the answer at once, in whatever shape",
        arguments: [
            #"{"error":{"message":"boom","type":"server_error","code":500}}"#, #"{"error":"boom"}"#,
            #"{"code":"x","error":"boom"}"#, #"{"detail":"boom"}"#, #"{"message":"boom"}"#,
            #"{"object":"error","message":"boom","type":"BadRequestError","code":400}"#,
            #"{"type":"error","error":{"type":"overloaded_error","message":"boom"}}"#,
            #"{"detail":[{"loc":["body"],"msg":"boom","type":"missing"}]}"#,
        ])
    func shapes(data: String) {
        let answer = HeardAnswer.toEvents(chunk(#"{"content":"x"}"#), data, chunk(#"{"content":"late"}"#), "[DONE]")
        #expect(answer.text == "x")
        #expect(answer.error?.message == "boom")
        #expect(answer.error?.body == data)
        // The same instead of an answer, with status 200.
        #expect(HeardAnswer.everyWay(data, contentType: "application/json").error?.message == "boom")
    }

    @Test(
        "an event named error is one, whatever its data",
        arguments: ["{\"error\":{\"message\":\"boom\"}}", "{\"message\":\"boom\"}", "boom"])
    func namedEvent(data: String) {
        let answer = HeardAnswer.everyWay(
            "data: \(chunk(#"{"content":"x"}"#))\n\nevent: error\ndata: \(data)\n\ndata: [DONE]\n\n")
        #expect(answer.text == "x")
        #expect(answer.error?.message == "boom")
    }

    @Test("a chunk with an error still counts for its content and usage")
    func errorBesideUsage() {
        let answer = HeardAnswer.toEvents(
            #"{"error":{"code":502,"message":"boom"},"choices":[{"index":0,"delta":{"content":"y"},"finish_reason":"error"}],"usage":{"prompt_tokens":1,"completion_tokens":9}}"#,
            chunk(#"{"content":"late"}"#))
        #expect(answer.text == "y")
        #expect(answer.finishReason == "error")
        #expect(answer.usage == TokenUsage(input: 1, output: 9))
        #expect(answer.error?.status == 502)
        #expect(answer.error?.code == "502")
    }

    @Test("an error that says nothing is none", arguments: ["null", "\"\"", "{}", "false", "[]", #"{"message":null}"#])
    func noError(value: String) {
        let answer = HeardAnswer.toEvents(
            #"{"error":\#(value),"choices":[{"index":0,"delta":{"content":"x"}}]}"#, #"{"error":\#(value)}"#)
        #expect(answer.text == "x")
        #expect(answer.state == .streaming)
    }
}

extension AnswerBodyTests {
    @Test("of names that are megabytes long only the beginning is kept")
    func longNames() {
        let long = String(repeating: "n", count: 1 << 20)
        let body =
            #"data: {"id":"\#(long)","model":"\#(long)","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"\#(long)"}]}"#
            + "\n\ndata: [DONE]\n\n"
        let answer = HeardAnswer(SplitFeeder(body))
        #expect(answer.text == "x")
        for name in [answer.metadata.id, answer.metadata.model, answer.finishReason] {
            #expect(name?.utf8.count == 16 * 1024)
        }
    }
}
