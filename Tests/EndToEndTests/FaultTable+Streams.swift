import BridgeTestKit
import Providers

/// Answers with status 200 that go wrong: before their first word, or after it.
extension Fault {
    /// In each dialect.
    static var streams: [Fault] { Dialect.allCases.flatMap(streams) }

    private static func streams(in dialect: Dialect) -> [Fault] {
        let script = AnswerScript(dialect)
        func fault(
            _ name: String, _ steps: Script, said: String = "half", timeouts: String = "", _ verdict: Verdict,
            sentence: String = ""
        ) -> Fault {
            Fault(
                name: name, dialect: dialect, said: said, script: steps, timeouts: timeouts, verdict: verdict,
                sentence: sentence)
        }
        let closed = Verdict("upstream_closed", "stream", retryable: true)
        let unreadable = Verdict("upstream_protocol", "parse", retryable: false)
        let late = Verdict("upstream_timeout", "stream", retryable: true)
        let start = dialect == .ollama ? #"{"message":{"content":""# : #"data: {"x":""#
        let filler = [UInt8](repeating: UInt8(ascii: "x"), count: 4_000).asChunk
        return [
            fault("cut off in mid-stream", [.close], closed),
            fault("a clean end in mid-stream", [.lastChunk], closed),
            fault("a reset in mid-stream", [.reset], closed),
            fault("cut off in the middle of an event", [.chunk(start), .close], closed),
            fault(
                "silence in mid-stream", [.stall], timeouts: "idle: 500ms", late, sentence: "fell silent for 500 ms"),
            fault(
                "silence after the head", [script.head, .stall], said: "", timeouts: "first_byte: 500ms", late,
                sentence: "began to answer but sent nothing for 500 ms"),
            fault("broken JSON in mid-stream", [script.event("{not json"), .stall], unreadable, sentence: "JSON"),
            fault("broken JSON at first", [script.head, script.event("{not json"), .stall], said: "", unreadable),
            fault(
                "an event without end", [.chunk(start), .endlessly(filler)], unreadable,
                sentence: "larger than 65536 bytes"),
            fault("no word at all", [script.head, .lastChunk], said: "", unreadable, sentence: "empty"),
            fault(
                "a page in place of an answer", .answer(type: "text/html", body: "<html><h1>Log in</h1></html>"),
                said: "", unreadable, sentence: "page"),
            fault(
                "JSON that is no answer", .answer(body: #"{"hello":"world"}"#), said: "",
                dialect == .ollama ? closed : unreadable),
            fault(
                "an error in mid-stream", [midStream(dialect).event(in: dialect), script.delta("more"), .stall],
                midStreamVerdict(dialect),
                sentence: "Overloaded."),
            fault(
                "an error as the first event", [script.head, midStream(dialect).event(in: dialect), .stall], said: "",
                midStreamVerdict(dialect), sentence: "Overloaded."),
        ]
    }

    private static func midStream(_ dialect: Dialect) -> ScriptedError {
        let type =
            switch dialect {
            case .chatCompletions, .responses, .ollama: "server_error"
            case .anthropic: "overloaded_error"
            case .gemini: "UNAVAILABLE"
            }
        return ScriptedError(503, type: type, code: "server_error", message: "Overloaded.")
    }

    /// There is no status any more, but for Google's, which stands in the text.
    private static func midStreamVerdict(_ dialect: Dialect) -> Verdict {
        var words = words(of: midStream(dialect), in: dialect)
        // An event's type says what kind of event it is.
        if dialect == .responses { words.type = nil }
        return Verdict(
            "upstream_error", "stream", retryable: dialect != .ollama, status: dialect == .gemini ? 503 : nil,
            words: words)
    }

    /// What only one dialect can do wrong.
    static var peculiarities: [Fault] {
        [
            Fault(
                name: "a response that failed", dialect: .responses, said: "half",
                script: [
                    AnswerScript(.responses).event(
                        #"{"type":"response.failed","response":{"id":"id-1","status":"failed","#
                            + #""error":{"code":"rate_limit_exceeded","message":"Slow down."}}}"#,
                        name: "response.failed"), .stall,
                ],
                verdict: Verdict(
                    "upstream_rate_limited", "stream", retryable: true,
                    words: .init(code: "rate_limit_exceeded", message: "Slow down.")), sentence: "Slow down."),
            Fault(
                name: "a prompt that turns out too long", dialect: .responses,
                script: [
                    .streamHead,
                    AnswerScript(.responses).event(
                        #"{"type":"error","code":"context_length_exceeded","message":"Too long.","param":"input"}"#,
                        name: "error"), .stall,
                ],
                verdict: Verdict(
                    "context_length", "stream", retryable: false,
                    words: .init(code: "context_length_exceeded", message: "Too long."))),
            Fault(
                name: "a status in the text", said: "half",
                script: [.event(#"{"error":{"message":"Provider returned error","code":502}}"#), .stall],
                verdict: Verdict(
                    "upstream_error", "stream", retryable: true, status: 502,
                    words: .init(code: "502", message: "Provider returned error"))),
            Fault(
                name: "a quota, and how long to wait, in the text", dialect: .gemini,
                script: .answer(
                    status: 429,
                    body: #"[{"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED","#
                        + #""details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2.5s"}]}}]"#),
                verdict: Verdict(
                    "upstream_rate_limited", "headers", retryable: true, status: 429, retryAfter: 2_500,
                    words: .init(type: "RESOURCE_EXHAUSTED", code: "429", message: "Quota exceeded."))),
            Fault(
                name: "the time when a limit is reset, in a header of its own",
                script: ScriptedError(429, type: "tokens", code: "rate_limit_exceeded", message: "Slow down.").refusal(
                    in: .chatCompletions,
                    headers: [
                        (name: "x-ratelimit-remaining-requests", value: "9"),
                        (name: "x-ratelimit-reset-requests", value: "1h0m0s"),
                        (name: "x-ratelimit-remaining-tokens", value: "0"),
                        (name: "x-ratelimit-reset-tokens", value: "1m3.5s"),
                    ]),
                verdict: Verdict(
                    "upstream_rate_limited", "headers", retryable: true, status: 429, retryAfter: 63_500,
                    words: .init(type: "tokens", code: "rate_limit_exceeded", message: "Slow down."))),
            Fault(
                name: "a text that is no stream", script: .answer(type: "text/plain", body: "Hello there."),
                verdict: Verdict("upstream_protocol", "parse", retryable: false), sentence: "not an event stream"),
            Fault(
                name: "an answer that goes on and on",
                script: [.streamHead, .delta("x"), .drip(Array(": still here\n\n".utf8).asChunk, milliseconds: 50)],
                timeouts: "total: 1s", verdict: Verdict("upstream_timeout", "stream", retryable: true),
                sentence: "longer than 1 s in all"),
        ]
    }
}
