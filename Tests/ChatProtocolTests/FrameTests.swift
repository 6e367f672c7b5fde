import ChatProtocol
import Testing

private func written(_ fill: (inout ObjectWriter) -> Void) -> String {
    var writer = ObjectWriter()
    fill(&writer)
    return String(decoding: writer.finish(), as: UTF8.self)
}

@Suite("Frames")
struct FrameTests {
    @Test("a frame begins with its type, echoes the id verbatim and leaves out what is not there")
    func connectionFrames() {
        #expect(text(ConnectionFrame.pong(id: nil, t: nil)) == #"{"type":"pong"}"#)
        #expect(
            text(ConnectionFrame.pong(id: Array("7".utf8), t: Array("1e3".utf8))) == #"{"type":"pong","id":7,"t":1e3}"#)
        #expect(text(ConnectionFrame.left(id: nil, session: "s")) == #"{"type":"left","session":"s"}"#)
        #expect(text(ConnectionFrame.hello(id: nil)) == #"{"type":"ok","command":"hello"}"#)
        #expect(
            text(ConnectionFrame.accepted(id: nil, session: "s", request: "r", duplicate: false))
                == #"{"type":"accepted","session":"s","request":"r"}"#)
        #expect(
            text(ConnectionFrame.accepted(id: Array(#""a""#.utf8), session: "s", request: "r", duplicate: true))
                == #"{"type":"accepted","id":"a","session":"s","request":"r","duplicate":true}"#)
        #expect(
            text(ConnectionFrame.aborted(id: nil, session: "s", requests: ["a", "b"]))
                == #"{"type":"ok","command":"abort","session":"s","requests":["a","b"]}"#)
        #expect(text(ConnectionFrame.presence(session: "s", tabs: 3)) == #"{"type":"presence","session":"s","tabs":3}"#)
        #expect(
            text(ConnectionFrame.goaway(reason: "shutdown", reconnectAfterMilliseconds: 9))
                == #"{"type":"goaway","reason":"shutdown","reconnect_after_ms":9}"#)
        #expect(
            text(ConnectionFrame.models(id: nil, models: [Array(#"{"id":"m"}"#.utf8)]))
                == #"{"type":"models","models":[{"id":"m"}]}"#)
    }

    @Test("welcome says who we are and what we take")
    func welcome() {
        let frame = ConnectionFrame.welcome(
            .init(
                connection: "c1", server: "t/1", features: ["resume"], heartbeatMilliseconds: 25, messageBytes: 1,
                requestBytes: 2, answerBytes: 3, eventBytes: 4))
        #expect(
            text(frame)
                == #"{"type":"welcome","version":1,"features":["resume"],"connection":"c1","server":"t/1","auth":"none","heartbeat_ms":25,"limits":{"message_bytes":1,"request_bytes":2,"answer_bytes":3,"event_bytes":4}}"#
        )
    }

    @Test("a command's error tells its code, whether to try again, and which command it was; text is escaped")
    func errorFrame() {
        #expect(
            text(
                ConnectionFrame.error(
                    id: nil, code: .upstreamRateLimited, message: "a \"b\"\n", command: "models", session: nil,
                    status: 429, retryAfterMilliseconds: 1000))
                == #"{"type":"error","code":"upstream_rate_limited","message":"a \"b\"\n","retryable":true,"command":"models","status":429,"retry_after_ms":1000}"#
        )
    }

    @Test("a request frame carries the prompt, the model asked for and when")
    func request() {
        let frame = LogFrame.Request(
            prompt: .input(Array(#""hi""#.utf8)), model: "m", upstream: "u", params: Array("{}".utf8), replaces: "q",
            store: false, at: 5)
        #expect(
            written { frame.write(to: &$0) }
                == #"{"input":"hi","model":"m","upstream":"u","params":{},"replaces":"q","store":false,"at":5}"#)
    }

    @Test("a request frame says what the chat named, and nothing where that was nothing")
    func named() {
        func frame(_ named: Named) -> String {
            let frame = LogFrame.Request(
                prompt: .input(Array(#""hi""#.utf8)), model: "m", upstream: "u", named: named, params: nil,
                replaces: nil, at: 5)
            return written { frame.write(to: &$0) }
        }
        func expected(_ named: String) -> String { #"{"input":"hi","model":"m","upstream":"u",\#(named)"at":5}"# }
        #expect(frame(Named()) == expected(""))
        #expect(frame(Named(model: "m")) == expected(#""named":{"model":"m"},"#))
        #expect(frame(Named(upstream: "u")) == expected(#""named":{"upstream":"u"},"#))
        #expect(frame(Named(model: "m", upstream: "u")) == expected(#""named":{"model":"m","upstream":"u"},"#))
    }

    @Test("a request of more than 64 KiB of messages carries the last only, and how many are left out")
    func largeRequest() {
        let big = Message(
            json: Array(#"{"role":"user","content":"\#(String(repeating: "x", count: 40_000))"}"#.utf8), role: "user")
        let last = Message(json: Array(#"{"role":"user"}"#.utf8), role: "user")
        let frame = LogFrame.Request(
            prompt: .messages([big, big, last]), model: "m", upstream: "u", params: nil, replaces: nil, at: 5)
        #expect(
            written { frame.write(to: &$0) }
                == #"{"messages":[{"role":"user"}],"omitted":2,"model":"m","upstream":"u","at":5}"#)
        let small = LogFrame.Request(
            prompt: .messages([last, last]), model: "m", upstream: "u", params: nil, replaces: nil, at: 5)
        #expect(
            written { small.write(to: &$0) }
                == #"{"messages":[{"role":"user"},{"role":"user"}],"model":"m","upstream":"u","at":5}"#)
    }

    @Test("a start frame shows the model that runs, and the one asked for where that differs")
    func start() {
        let start = LogFrame.Start(
            model: "m-1", requestedModel: "m", upstream: "u", provider: "p", upstreamID: "x", created: 3, attempt: 1,
            ttfbMilliseconds: 9)
        #expect(
            written { start.write(to: &$0) }
                == #"{"model":"m-1","requested_model":"m","upstream":"u","provider":"p","upstream_id":"x","created":3,"attempt":1,"ttfb_ms":9}"#
        )
    }

    @Test("a retry frame says where the next attempt goes and what is left out there, if there is something to say")
    func retry() {
        let here = LogFrame.Retry(attempt: 1, afterMilliseconds: 9, code: .upstreamRateLimited, status: 429)
        #expect(
            written { here.write(to: &$0) }
                == #"{"attempt":1,"after_ms":9,"code":"upstream_rate_limited","status":429}"#)
        let elsewhere = LogFrame.Retry(
            attempt: 2, afterMilliseconds: 0, code: .upstreamClosed, status: nil, upstream: "u", model: "m",
            dropped: ["seed"])
        #expect(
            written { elsewhere.write(to: &$0) }
                == #"{"attempt":2,"after_ms":0,"code":"upstream_closed","upstream":"u","model":"m","dropped":["seed"]}"#
        )
    }

    @Test("an end frame without a finish reason says null and other")
    func end() {
        let bare = LogFrame.End(reason: .other, finishReason: nil, choices: [], usage: nil, timing: Timing(total: 7))
        #expect(
            written { bare.write(to: &$0) } == #"{"reason":"other","finish_reason":null,"timing":{"total_ms":7}}"#)
    }

    @Test("an end frame lists the choices where there are several, the usage and the timing")
    func fullEnd() {
        let end = LogFrame.End(
            reason: .stop, finishReason: "stop", choices: [(0, "stop"), (1, "length")],
            usage: Usage(input: 1, output: 2, reasoning: 3, cached: 4),
            timing: Timing(queued: 0, firstByte: 1, firstToken: 2, total: 3, tokensPerSecond: 20.64))
        #expect(
            written { end.write(to: &$0) }
                == #"{"reason":"stop","finish_reason":"stop","choices":[{"choice":0,"finish_reason":"stop"},{"choice":1,"finish_reason":"length"}],"usage":{"input":1,"output":2,"reasoning":3,"cached":4,"source":"upstream"},"timing":{"queued_ms":0,"ttfb_ms":1,"ttft_ms":2,"total_ms":3,"tokens_per_s":20.6}}"#
        )
    }

    @Test(
        "a rate that cannot be is not told",
        arguments: [Double.infinity, .nan, 1e300, -1, Double(Int.max) * 1000])
    func absurdRate(_ rate: Double) {
        let timing = Timing(total: 1, tokensPerSecond: rate)
        #expect(written { timing.write(to: &$0) } == #"{"timing":{"total_ms":1}}"#)
    }

    @Test("an aborted frame says by whom")
    func aborted() {
        let aborted = LogFrame.Aborted(by: "c1", usage: nil, timing: Timing(total: 1))
        #expect(written { aborted.write(to: &$0) } == #"{"by":"c1","timing":{"total_ms":1}}"#)
    }

    @Test("a failure tells code, stage, and what the upstream said")
    func failure() {
        let failure = RequestFailure(
            .upstreamRateLimited, "Later.", stage: .headers, status: 429, retryAfterMilliseconds: 5,
            upstream: .init(type: "t", code: "c", message: "m", body: "b"))
        #expect(
            written { failure.write(to: &$0) }
                == #"{"code":"upstream_rate_limited","message":"Later.","stage":"headers","retryable":true,"status":429,"retry_after_ms":5,"upstream":{"type":"t","code":"c","message":"m","body":"b"}}"#
        )
    }

    @Test("joined leaves room for the snapshot at its end")
    func joined() {
        var frame = ConnectionFrame.joined(
            id: nil, session: "s", position: Position(epoch: "e", seq: 4), recovered: false, tabs: 2)
        frame.field("snapshot", json: Array("{}".utf8))
        #expect(
            text(frame.finish())
                == #"{"type":"joined","session":"s","epoch":"e","seq":4,"recovered":false,"tabs":2,"snapshot":{}}"#)
    }
}
