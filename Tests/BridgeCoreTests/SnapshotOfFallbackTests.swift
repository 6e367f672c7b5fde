import BridgeCore
import BridgeTestKit
import Foundation
import Providers
import Testing

@Suite("What a snapshot shows of a request that went on to another upstream")
struct SnapshotOfFallbackTests {
    /// The running request in the snapshot of a tab that joins then: before anything has come of it, after its first attempt has
    /// failed, after the second upstream has begun to answer.
    private func running(_ first: ParameterRules, _ second: ParameterRules, after events: Int) throws -> [String: Any] {
        let core = CoreFixture(targets: [
            .fake("a", defaultModel: "m-a", rules: first, fallbacks: [.init(upstream: "b")]),
            .fake("b", defaultModel: "m-b", rules: second),
        ])
        try core.tab().chat("r", "x", in: "s", #""params":{"seed":7,"logit_bias":{"1":1}}"#)
        if events > 0 {
            core.upstream { $0.fail(.connect) }
            core.advance(by: 1)
        }
        if events > 1 {
            core.upstream {
                $0.head()
                $0.text("x")
            }
        }
        let joined = try #require(try Tab(core, sessions: ["s"]).read().of("joined").first)
        let requests = joined.object("snapshot")["requests"] as? [[String: Any]]
        return try #require(requests?.first)
    }

    private let withoutSeed = ParameterRules(deny: ["seed"], lenient: true)
    private let withoutBias = ParameterRules(deny: ["logit_bias"], lenient: true)

    @Test("once that one has answered, what it was not sent; until then all is the first attempt's")
    func answering() throws {
        for (events, upstream, dropped) in [(0, "a", "seed"), (1, "a", "seed"), (2, "b", "logit_bias")] {
            let request = try running(withoutSeed, withoutBias, after: events)
            #expect(request["dropped"] as? [String] == [dropped] && request["upstream"] as? String == upstream)
        }
    }

    @Test("nothing is said to be left out where the one that answers was sent all")
    func whole() throws {
        let request = try running(withoutSeed, ParameterRules(), after: 2)
        #expect(request["dropped"] == nil && request["upstream"] as? String == "b")
    }
}
