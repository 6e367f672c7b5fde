import BridgeTestKit
import Providers
import Testing

/// An abort, over real sockets, in each dialect.
@Suite("Aborting in every dialect")
struct DialectAbortTests {
    private static let words = "one two three four five six seven eight"

    private static func configuration(_ upstream: ScriptedUpstream, _ dialect: Dialect, abort: String) -> String {
        """
        upstreams:
          main: {dialect: \(dialect.rawValue), base_url: "\(upstream.url)/v1", model: gpt-4o, abort: \(abort)}
        """
    }

    /// The frames of request `r` from its terminal on: one, in a world that is in order.
    private static func last(_ tab: Tab) throws -> Frame {
        let frames = tab.model.frames.filter { $0.request == "r" }
        let index = try #require(frames.firstIndex { $0.type == "aborted" })
        #expect(index == frames.count - 1)
        return frames[index]
    }

    @Test("cuts the upstream's connection at once; what it has cost is said, and by whom", arguments: Dialect.allCases)
    func close(dialect: Dialect) throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        upstream.always(AnswerScript(dialect, model: "gpt-4o").begun(Self.words) + [.stall])
        let server = try ServerProcess(
            configuration: Self.configuration(upstream, dialect, abort: "close"), in: try TemporaryFolder())
        let tab = try Tab.joined(server.port, session: "s")
        let other = try Tab.joined(server.port, session: "s")
        try tab.chat("r", model: "gpt-4o")
        try other.wait(until: { $0.requests["r"]?.answer == Self.words })
        try other.abort("r")
        #expect([.byClient, .byClientReset].contains(try upstream.waitForClose(ofConnection: 0)))
        for tab in [tab, other] {
            #expect(try tab.waitForEnd(of: "r") == "aborted")
            let end = try Self.last(tab)
            #expect(end["by"] == other.connection && tab.answer("r") == Self.words)
            let usage = end.object("usage")
            // Eight words are eight tokens; without the vocabulary they are about as many.
            #expect((4...16).contains(usage["output"] as? Int ?? 0), "\(end)")
            #expect(["estimated", "calibrated"].contains(usage["source"] as? String), "\(end)")
            // Two say at once what the prompt has cost.
            let input = usage["input"] as? Int ?? 0
            #expect([.anthropic, .gemini].contains(dialect) ? input == 11 : input > 0, "\(end)")
        }
        #expect(try server.stop() == 0)
    }

    @Test("before the first word costs the prompt, and nothing else", arguments: Dialect.allCases)
    func early(dialect: Dialect) throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        upstream.always([.stall])
        let server = try ServerProcess(
            configuration: Self.configuration(upstream, dialect, abort: "drain"), in: try TemporaryFolder())
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r", model: "gpt-4o")
        _ = try upstream.waitForRequest(0)
        try tab.abort("r")
        #expect(try tab.waitForEnd(of: "r") == "aborted")
        try upstream.waitForClose(ofConnection: 0)
        let usage = try Self.last(tab).object("usage")
        #expect(usage["output"] as? Int == 0 && usage["input"] as? Int ?? 0 > 0, "\(usage)")
        #expect(try server.stop() == 0)
    }

    @Test(
        "of an upstream that drains delivers nothing more, and says what the upstream says", arguments: Dialect.allCases
    )
    func drain(dialect: Dialect) throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        let gate = Gate()
        let answer = AnswerScript(dialect, model: "gpt-4o")
        upstream.answer(
            answer.begun(Self.words) + [.wait(gate), answer.delta(" and more")]
                + Script(answer.ending(output: 17)))
        upstream.always(answer.whole(["next"]))
        let server = try ServerProcess(
            configuration: Self.configuration(upstream, dialect, abort: "{drain: {max_tokens: 1000, time: 20s}}"),
            in: try TemporaryFolder())
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r", model: "gpt-4o")
        try tab.wait(until: { $0.requests["r"]?.answer == Self.words })
        try tab.abort("r")
        #expect(try tab.wait { $0.type == "ok" }["requests"] == ["r"])
        #expect(upstream.openConnectionCount == 1 && tab.model.requests["r"]?.terminal == nil)
        gate.open()
        #expect(try tab.waitForEnd(of: "r") == "aborted")
        let end = try Self.last(tab)
        let usage = end.object("usage")
        #expect(usage["source"] as? String == "upstream", "\(end)")
        #expect(usage["input"] as? Int == 11 && usage["output"] as? Int == 17, "\(end)")
        #expect(tab.answer("r") == Self.words && end["by"] == tab.connection)
        try tab.chat("next", model: "gpt-4o")
        #expect(try tab.waitForEnd(of: "next") == "end")
        #expect(tab.answer("next") == "next")
        #expect(try server.stop() == 0)
    }

    @Test(
        "of an upstream that drains and does not come to an end is cut when its time or its tokens are over",
        arguments: ["{max_tokens: 100000, time: 200ms}", "{max_tokens: 50, time: 60s}"])
    func caps(caps: String) throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        let gate = Gate()
        let endless: Script =
            caps.contains("200ms")
            ? [.stall] : [.endlessly(Script([AnswerScript(.chatCompletions).delta(Self.words)]).bytes)]
        upstream.always(AnswerScript(.chatCompletions).begun(Self.words) + [.wait(gate)] + endless)
        let server = try ServerProcess(
            configuration: Self.configuration(upstream, .chatCompletions, abort: "{drain: \(caps)}"),
            in: try TemporaryFolder())
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r", model: "gpt-4o")
        try tab.wait(until: { $0.requests["r"]?.answer == Self.words })
        try tab.abort("r")
        try tab.wait { $0.type == "ok" }
        gate.open()
        #expect(try tab.waitForEnd(of: "r") == "aborted")
        try upstream.waitForClose(ofConnection: 0)
        let usage = try Self.last(tab).object("usage")
        #expect(["estimated", "calibrated"].contains(usage["source"] as? String), "\(usage)")
        #expect(usage["output"] as? Int ?? 0 >= 4 && tab.answer("r") == Self.words, "\(usage)")
        #expect(try server.stop() == 0)
    }
}
