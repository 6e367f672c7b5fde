import Foundation
import Glibc
import Logging
import Testing

@testable import tributary

@Suite("What the demo says")
struct DemoReplyTests {
    private static func request(_ members: String, model: String = "demo", question: String = "How do streams merge?")
        throws
        -> DemoRequest
    {
        let json =
            #"{"model":"\#(model)","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"\#(question)"}]"#
            + (members.isEmpty ? "}" : ",\(members)}")
        return try DemoRequest(json: Data(json.utf8))
    }

    private static func text(_ reply: DemoReply) -> String {
        reply.pieces.reduce(into: "") { if case .content(let text) = $1 { $0 += text } }
    }

    @Test(
        "tokens put together are the text",
        arguments: ["", "Hi", "Donaudampfschifffahrt — und 🌊🧑‍🚀!\n\n- a  b\tc", "e\u{301}t\u{E9}"])
    func tokens(text: String) {
        let tokens = DemoTokens.split(text)
        #expect(tokens.joined() == text)
        #expect(tokens.allSatisfy { !$0.isEmpty && $0.count <= DemoTokens.maxLetters + 1 })
    }

    @Test("the same question gets the same answer, another question or choice another")
    func variety() throws {
        let one = DemoReply(to: try Self.request(""), choice: 0)
        #expect(one == DemoReply(to: try Self.request(""), choice: 0))
        #expect(one != DemoReply(to: try Self.request(""), choice: 1))
        #expect(one != DemoReply(to: try Self.request("", question: "What is a log?"), choice: 0))
    }

    @Test("an answer echoes the question, is Markdown of several blocks and ends by itself")
    func believable() throws {
        let reply = DemoReply(to: try Self.request(""), choice: 0)
        let text = Self.text(reply)
        #expect(text.contains("How do streams merge"))
        #expect(text.components(separatedBy: "\n\n").count >= 5)
        #expect((100...1000).contains(reply.tokens))
        #expect(reply.finishReason == "stop")
    }

    @Test("over many questions there are lists, code, tables and emoji")
    func variousBlocks() throws {
        let all = try (0..<20).map {
            Self.text(DemoReply(to: try Self.request("", question: "Question \($0)"), choice: 0))
        }
        for sign in ["\n- ", "\n1. ", "```", "|---|", "🌊"] { #expect(all.contains { $0.contains(sign) }) }
    }

    @Test(
        "max_tokens cuts the answer at so many tokens, whatever its name",
        arguments: ["max_tokens", "max_completion_tokens"])
    func maxTokens(name: String) throws {
        let whole = DemoReply(to: try Self.request(""), choice: 0)
        let reply = DemoReply(to: try Self.request("\"\(name)\":7"), choice: 0)
        #expect(reply.tokens == 7)
        #expect(reply.finishReason == "length")
        #expect(Self.text(whole).hasPrefix(Self.text(reply)))
    }

    @Test("nothing from a stop sequence on is said, the earliest of several, also across tokens")
    func stop() throws {
        let whole = Self.text(DemoReply(to: try Self.request(""), choice: 0))
        let reply = DemoReply(to: try Self.request(#""stop":["streams merge","How do s"]"#), choice: 0)
        let end = try #require(whole.range(of: "How do s"))
        #expect(Self.text(reply) == whole[..<end.lowerBound])
        #expect(reply.finishReason == "stop")
        let single = DemoReply(to: try Self.request(#""stop":"How do s""#), choice: 0)
        #expect(Self.text(single) == Self.text(reply))
    }

    @Test("the reasoning model thinks first, and that counts")
    func reasoning() throws {
        let reply = DemoReply(to: try Self.request("", model: "demo-reasoning"), choice: 0)
        let firstContent = reply.pieces.firstIndex { if case .content = $0 { true } else { false } }
        #expect(reply.reasoningTokens > 10)
        #expect(firstContent == reply.reasoningTokens)
    }

    @Test("the tools model calls what it was offered with arguments of the right types, and answers with the result")
    func tools() throws {
        let tools = """
            "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":\
            {"city":{"type":"string"},"days":{"type":"integer"},"exact":{"type":["boolean","null"]}}}}},\
            {"type":"function","function":{"name":"now"}}]
            """
        let reply = DemoReply(to: try Self.request(tools, model: "demo-tools"), choice: 0)
        #expect(reply.finishReason == "tool_calls")
        var names: [String] = []
        var arguments: [Int: String] = [:]
        for piece in reply.pieces {
            if case .call(_, _, let name) = piece { names.append(name) }
            if case .arguments(let index, let text) = piece { arguments[index, default: ""] += text }
        }
        #expect(names == ["get_weather", "now"])
        #expect(arguments[0] == #"{"city":"How do streams merge","days":3,"exact":"How do streams merge"}"#)
        #expect(arguments[1] == "{}")

        let json = """
            {"model":"demo-tools","messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":null},\
            {"role":"tool","tool_call_id":"1","content":"rain"}]}
            """
        let answer = DemoReply(to: try DemoRequest(json: Data(json.utf8)), choice: 0)
        #expect(answer.finishReason == "stop")
        #expect(Self.text(answer).contains("> rain"))
    }

    @Test(
        "a bad request is told what is wrong with it",
        arguments: [
            ("{", 400, nil), ("[]", 400, ""), ("{}", 400, "model"), (#"{"model":"demo"}"#, 400, "messages"),
            (#"{"model":"demo","messages":[]}"#, 400, "messages"),
            (#"{"model":"demo","messages":[{"content":"x"}]}"#, 400, "messages[0].role"),
            (#"{"model":"demo","messages":[{"role":"user","content":7}]}"#, 400, "messages[0].content"),
            (#"{"model":"demo","messages":[{"role":"user","content":"x"}],"n":0}"#, 400, "n"),
            (#"{"model":"demo","messages":[{"role":"user","content":"x"}],"max_tokens":0}"#, 400, "max_tokens"),
            (#"{"model":"demo","messages":[{"role":"user","content":"x"}],"stop":["1","2","3","4","5"]}"#, 400, "stop"),
            (#"{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}"#, 404, "model"),
        ] as [(String, Int, String?)])
    func badRequest(json: String, status: Int, param: String?) throws {
        let error = try #require(throws: DemoError.self) { try DemoRequest(json: Data(json.utf8)) }
        #expect(error.status == status)
        #expect(error.param == param)
        let shape = try JSONSerialization.jsonObject(with: Data(error.json.utf8)) as? [String: [String: Any]]
        #expect(Set(try #require(shape?["error"]).keys) == ["message", "type", "param", "code"])
    }
}

@Suite("The demo's timing")
struct DemoScriptTests {
    private static func script(_ model: String, _ pace: DemoPace, members: String = #""stream":true"#) throws
        -> DemoScript
    {
        let json = #"{"model":"\#(model)","messages":[{"role":"user","content":"x"}],\#(members)}"#
        let request = try DemoRequest(json: Data(json.utf8))
        return DemoScript(for: request, frame: DemoFrame(id: "x", created: 0, model: request.model), pace: pace)
    }

    private static func duration(_ script: DemoScript) -> Duration { script.steps.reduce(.zero) { $0 + $1.pause } }

    @Test("the first token is delayed, the others are evenly spaced", arguments: [1, 2])
    func pace(choices: Int) throws {
        let script = try Self.script(
            "demo", DemoPace(tokensPerSecond: 50, firstTokenDelay: .seconds(2)),
            members: #""stream":true,"max_tokens":11,"n":\#(choices)"#)
        #expect(script.steps[0].pause == .seconds(2))
        #expect(Self.duration(script) == .seconds(2) + .milliseconds(20) * 10)
        #expect(script.steps.reduce(0) { $0 + $1.tokens } == 11 * choices)
    }

    @Test("an answer in one piece comes when its last token would have")
    func whole() throws {
        let pace = DemoPace(tokensPerSecond: 50, firstTokenDelay: .seconds(1))
        let script = try Self.script("demo", pace, members: #""max_tokens":10"#)
        #expect(script.steps.count == 1)
        #expect(Self.duration(script) == .milliseconds(1200))
    }

    @Test("a speed of 0 waits for nothing")
    func noPace() throws {
        let pace = DemoPace(tokensPerSecond: 0, firstTokenDelay: .zero)
        #expect(Self.duration(try Self.script("demo", pace)) == .zero)
        #expect(Self.duration(try Self.script("demo-slow", pace)) == .zero)
    }

    @Test("a failing model says something first, then fails in its own way")
    func failures() throws {
        let pace = DemoPace()
        let cut = try Self.script("demo-cut", pace)
        #expect(cut.steps.last?.action == .cut)
        #expect(cut.steps.reduce(0) { $0 + $1.tokens } == 12)
        #expect(try Self.script("demo-stall", pace).steps.last?.action == .stall)
        // Also where the answer is shorter than that.
        #expect(try Self.script("demo-cut", pace, members: #""stream":true,"max_tokens":3"#).steps.last?.action == .cut)
    }
}

@Suite("The demo upstream on the wire")
struct DemoUpstreamTests {
    private static func started() throws -> (process: DemoUpstreamProcess, url: String) {
        var log = LogSettings()
        log.level = .critical
        let process = DemoUpstreamProcess(executable: BuiltProgram.path, log: log)
        return (process, try process.start())
    }

    private static func body(_ model: String, _ members: String = "") -> String {
        #"{"model":"\#(model)","messages":[{"role":"user","content":"How do streams merge?"}]\#(members)}"#
    }

    private static func post(_ url: String, _ body: String) throws -> PlainHTTP.Response {
        try PlainHTTP(url + "/chat/completions", body: body).response()
    }

    private static func object(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    @Test("a streamed answer and the same answer in one piece agree, in text, finish reason and usage")
    func streamedOrNot() throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let streamed = try Self.post(
            url, Self.body("demo-fast", #","stream":true,"stream_options":{"include_usage":true}"#))
        let whole = try Self.object(try Self.post(url, Self.body("demo-fast")).body)

        #expect(streamed.status == 200)
        #expect(streamed.headers["content-type"] == "text/event-stream")
        #expect(streamed.isComplete)
        #expect(streamed.events.last == "[DONE]")
        var text = ""
        var finish: String?
        var usage: [String: Any]?
        for event in streamed.events.dropLast() {
            let chunk = try Self.object(event)
            #expect(chunk["object"] as? String == "chat.completion.chunk")
            usage = chunk["usage"] as? [String: Any]
            for choice in try #require(chunk["choices"] as? [[String: Any]]) {
                text += (choice["delta"] as? [String: Any])?["content"] as? String ?? ""
                finish = choice["finish_reason"] as? String ?? finish
            }
        }
        let choice = try #require((whole["choices"] as? [[String: Any]])?.first)
        #expect((choice["message"] as? [String: Any])?["content"] as? String == text)
        #expect(choice["finish_reason"] as? String == finish && finish == "stop")
        let tokens = try #require(usage?["completion_tokens"] as? Int)
        #expect((whole["usage"] as? [String: Any])?["completion_tokens"] as? Int == tokens)
        // One event each, the role, the finish reason, the usage, the end.
        #expect(streamed.events.count == tokens + 4)
    }

    @Test("usage is streamed to those who asked, only")
    func noUsage() throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let response = try Self.post(url, Self.body("demo-fast", #","stream":true,"max_tokens":5"#))
        #expect(!response.body.contains("usage"))
        #expect(response.body.contains(#""finish_reason":"length""#))
    }

    @Test(
        "models that refuse do so in OpenAI's words",
        arguments: [
            ("demo-401", 401, "invalid_api_key"), ("demo-429", 429, "rate_limit_exceeded"), ("demo-500", 500, nil),
        ]
            as [(String, Int, String?)])
    func refusals(model: String, status: Int, code: String?) throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let response = try Self.post(url, Self.body(model, #","stream":true"#))
        #expect(response.status == status)
        #expect(response.headers["retry-after"] == (status == 429 ? "2" : nil))
        let error = try #require(try Self.object(response.body)["error"] as? [String: Any])
        #expect(error["code"] as? String == code)
        #expect((error["message"] as? String)?.isEmpty == false)
    }

    @Test("the cut model drops the connection within its answer", arguments: ["", #","stream":true"#])
    func cut(members: String) throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let response = try Self.post(url, Self.body("demo-cut", members))
        #expect(response.status == 200)
        #expect(!response.body.isEmpty)
        #expect(!response.isComplete)
    }

    @Test("the garbage model sends an event that is no JSON")
    func garbage() throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let response = try Self.post(url, Self.body("demo-garbage", #","stream":true"#))
        let broken = response.events.filter { (try? Self.object($0)) == nil && $0 != "[DONE]" }
        #expect(broken.count == 1)
    }

    @Test("models, health and unknown paths are answered")
    func otherPaths() throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let models = try Self.object(try PlainHTTP(url + "/models").response().body)
        let names = try #require(models["data"] as? [[String: Any]]).compactMap { $0["id"] as? String }
        #expect(names == DemoModel.allCases.map(\.rawValue))
        #expect(try PlainHTTP(url.replacingOccurrences(of: "/v1", with: "/healthz")).response().status == 200)
        let missing = try PlainHTTP(url + "/nothing").response()
        #expect(missing.status == 404)
        #expect(try Self.object(missing.body)["error"] != nil)
    }

    @Test("a body over 4 KB, and one over 2 MB, is read whole", arguments: [5_000, 3_000_000])
    func largeBody(size: Int) throws {
        let (process, url) = try Self.started()
        defer { process.stop() }
        let question = String(repeating: "x", count: size)
        let response = try Self.post(
            url, #"{"model":"demo-fast","max_tokens":3,"messages":[{"role":"user","content":"\#(question)"}]}"#)
        #expect(response.status == 200)
    }
}

@Suite("The demo upstream as a process")
struct DemoUpstreamProcessTests {
    /// A demo upstream whose standard streams the test holds.
    private final class Child {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        let errors = Pipe()

        init() throws {
            process.executableURL = URL(fileURLWithPath: BuiltProgram.path)
            process.arguments = ["demo-upstream", "--port", "0", "--exit-with-stdin"]
            process.standardInput = input
            process.standardOutput = output
            process.standardError = errors
            try process.run()
        }

        deinit { process.terminate() }

        /// Reads lines until one contains `text`, which is returned; nil at the end.
        static func line(with text: String, from pipe: Pipe) -> String? {
            var seen = ""
            while true {
                let data = pipe.fileHandleForReading.availableData
                if data.isEmpty { return nil }
                seen += String(decoding: data, as: UTF8.self)
                if let line = seen.split(separator: "\n").first(where: { $0.contains(text) }), seen.hasSuffix("\n") {
                    return String(line)
                }
            }
        }

        func url() throws -> String {
            let line = try #require(Self.line(with: "listening", from: output))
            #expect(line.wholeMatch(of: #/demo upstream listening on http://127\.0\.0\.1:\d+/v1/#) != nil)
            return String(try #require(line.split(separator: " ").last))
        }
    }

    @Test("it ends when its standard input ends, and that was one line of output")
    func endsWithStdin() throws {
        let child = try Child()
        _ = try child.url()
        try child.input.fileHandleForWriting.close()
        child.process.waitUntilExit()
        #expect(child.process.terminationStatus == 0)
        #expect(child.output.fileHandleForReading.readDataToEndOfFile().isEmpty)
    }

    @Test("it ends on SIGTERM and on SIGINT, also in the middle of an answer", arguments: [SIGTERM, SIGINT])
    func endsOnSignal(signal: Int32) throws {
        let child = try Child()
        let answer = try PlainHTTP(
            child.url() + "/chat/completions",
            body: #"{"model":"demo-stall","stream":true,"messages":[{"role":"user","content":"x"}]}"#)
        try answer.read(until: "content\":\"")
        kill(child.process.processIdentifier, signal)
        child.process.waitUntilExit()
        #expect(child.process.terminationStatus == 0)
    }

    @Test("it notices and logs that a client went away", arguments: ["demo", "demo-stall", "demo-slow"])
    func clientGone(model: String) throws {
        let child = try Child()
        let answer = try PlainHTTP(
            child.url() + "/chat/completions",
            body: #"{"model":"\#(model)","stream":true,"messages":[{"role":"user","content":"x"}]}"#)
        try answer.read(until: "\"content\":\"")
        answer.abandon()
        let line = try #require(Child.line(with: "demo_answer_stopped", from: child.errors))
        #expect(line.contains("reason=\"the client went away\""))
        #expect(line.contains("model=\(model)"))
    }

    @Test("its log says when an answer began and ended, and how many tokens it had")
    func log() throws {
        let child = try Child()
        _ = try PlainHTTP(
            child.url() + "/chat/completions",
            body:
                #"{"model":"demo-fast","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"secret words"}]}"#
        ).response()
        let line = try #require(Child.line(with: "demo_answer_finished", from: child.errors))
        #expect(line.contains("tokens=5"))
        #expect(!line.contains("secret"))
    }

    @Test("the server's child is gone after stop, which can be said twice, and can be started again")
    func stop() throws {
        let process = DemoUpstreamProcess(executable: BuiltProgram.path, log: LogSettings())
        for _ in 0..<2 {
            let url = try process.start()
            #expect(try PlainHTTP(url + "/models").response().status == 200)
            process.stop()
            process.stop()
            #expect(throws: PlainHTTP.Failure.self) { try PlainHTTP(url + "/models") }
        }
    }

    @Test(
        "what does not become ready is an error, not a wait",
        arguments: [
            ("exit 3", "ended before it was ready"), ("echo hello", "said “hello”"), ("exec sleep 60", "was not ready"),
            ("trap '' TERM; while :; do read -r line; done", "was not ready"),
        ])
    func notReady(script: String, words: String) throws {
        let process = DemoUpstreamProcess(executable: "/bin/sh", arguments: ["sh", "-c", script], patience: 300)
        let failure = try #require(throws: DemoUpstreamProcess.Failure.self) { try process.start() }
        #expect(failure.description.contains(words))
    }

    @Test("a program that is not there is an error")
    func missing() throws {
        let process = DemoUpstreamProcess(executable: "/nowhere/tributary", log: LogSettings())
        let failure = try #require(throws: DemoUpstreamProcess.Failure.self) { try process.start() }
        #expect(failure.description.contains("could not be started"))
    }
}
