import BridgeCore
import BridgeTestKit
import Testing

@Suite("What a chat named, and what was chosen for it")
struct NamedTests {
    /// The default's model, unnamed; the other one names it.
    private let core = CoreFixture(targets: [
        .fake("a", defaultModel: "m-x"), .fake("b", models: ["m-x"]), .fake("c", defaultModel: "m-c"),
    ])

    private func words(_ fields: [String: Any]) -> String {
        let named = fields["named"] as? [String: String]
        return named.map { "\($0["model"] ?? "-")@\($0["upstream"] ?? "-")" } ?? "nothing"
    }

    @Test(
        "all tabs know it, live, of a running request and of an ended turn; asked again with it, a chat goes where it went",
        arguments: [
            ("", "nothing", "a"), (#""model":"m-x""#, "m-x@-", "b"), (#""upstream":"a""#, "-@a", "a"),
            (#""model":"m-x","upstream":"c""#, "m-x@c", "c"), (#""model":null,"upstream":null"#, "nothing", "a"),
        ])
    func told(_ members: String, _ expected: String, _ upstream: String) throws {
        let tab = try core.tab()
        let live = try #require(try tab.chat("r", "x", in: "s", members).of("request").first)
        #expect(words(live.object) == expected && live["upstream"] == upstream)
        let waiting = try snapshot().requests[0]
        #expect(words(waiting) == expected && waiting["upstream"] as? String == upstream)
        core.upstream {
            $0.head()
            $0.text("y")
        }
        #expect(words(try snapshot().requests[0]) == expected)
        core.upstream {
            $0.finish("stop")
            $0.done()
            $0.end()
        }
        let answer = try #require(try snapshot().messages.last)
        #expect(words(answer) == expected && answer["upstream"] as? String == upstream)
        let named = answer["named"] as? [String: String] ?? [:]
        let again = named.sorted { $0.key < $1.key }.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
        #expect(try tab.chat("q", "x", in: "s", again).of("request").first?["upstream"] == upstream)
    }

    private func snapshot() throws -> (messages: [[String: Any]], requests: [[String: Any]]) {
        let late = try core.tab()
        defer { late.disconnect() }
        let snapshot = try #require(late.frames.of("joined").first).object("snapshot")
        return (snapshot["messages"] as? [[String: Any]] ?? [], snapshot["requests"] as? [[String: Any]] ?? [])
    }

    @Test("after a fallback it is still what was named, not who answered")
    func fallback() throws {
        let core = CoreFixture(targets: [
            .fake("a", defaultModel: "m-a", fallbacks: [.init(upstream: "b", model: "m-b")]), .fake("b"),
        ])
        let tab = try core.tab()
        try tab.chat("r", "x", in: "s", #""upstream":"a""#)
        core.upstream { $0.fail(.connect) }
        core.advance(by: 1)
        core.answer("y")
        let answer =
            try #require(try core.tab().frames.of("joined").first).object("snapshot")["messages"] as? [[String: Any]]
        #expect(words(try #require(answer?.last)) == "-@a" && answer?.last?["upstream"] as? String == "b")
    }
}
