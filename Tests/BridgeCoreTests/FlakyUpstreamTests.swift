import BridgeCore
import BridgeTestKit
import Testing

@Suite("An upstream of which three in ten answers are refusals")
struct FlakyUpstreamTests {
    private static let maxAttempts = 4

    /// What is on its way upstream.
    private struct Played {
        let transfer: FakeTransfer
        var sent = 0
    }

    @Test(
        "a thousand requests: all are answered, or fail with the right code, and no delta is doubled",
        arguments: Seeds.of(3))
    func thousand(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let core = CoreFixture(targets: [
            .fake(
                "a", defaultModel: "m", retry: .init(maxAttempts: Self.maxAttempts, baseDelay: 100, maxDelay: 2_000),
                maxConcurrent: 50)
        ])
        let sessions = (0..<10).map { "s\($0)" }
        let tabs = try sessions.map { try core.tab($0) }
        var played: [Played] = []
        var known = 0
        for round in 0..<100 {
            for (tab, session) in zip(tabs, sessions) {
                try tab.chat("r\(round)", "go", in: session, #""store":false"#)
            }
            for _ in 0..<4 {
                try Self.play(core, &played, &known, &random)
                core.advance(by: UInt64.random(in: 0...50, using: &random))
            }
        }
        for _ in 0..<2_000 where core.node.hub.runningRequests > 0 {
            try Self.play(core, &played, &known, &random)
            core.advance(by: 20)
        }
        #expect(core.node.hub.runningRequests == 0, "seed \(seed)")
        var failures = 0
        for (tab, session) in zip(tabs, sessions) {
            try tab.read()
            for round in 0..<100 {
                let request = tab.request("r\(round)", in: session)
                if request.terminal == "end" {
                    #expect(request.answer == "one two three", "seed \(seed)")
                } else {
                    failures += 1
                    #expect(request.terminal == "error" && request.answer.isEmpty, "seed \(seed)")
                    #expect(["upstream_rate_limited", "upstream_error"].contains(request.errorCode), "seed \(seed)")
                }
            }
            for start in tab.frames.of("start") { #expect((1...Self.maxAttempts).contains(start["attempt"] ?? 0)) }
            for retry in tab.frames.of("retry") { #expect((1..<Self.maxAttempts).contains(retry["attempt"] ?? 0)) }
        }
        // Four refusals in a row: 0.3^4 of a thousand is eight.
        #expect(failures < 40, "seed \(seed)")
        #expect(core.upstream.transfers.count <= 1_000 * Self.maxAttempts)
        let refusals = tabs.reduce(0) { $0 + $1.frames.of("retry").count } + failures
        #expect(core.upstream.transfers.count == 1_000 - failures + refusals, "seed \(seed)")
    }

    /// Each transfer that is under way goes a step further.
    private static func play(
        _ core: CoreFixture, _ played: inout [Played], _ known: inout Int, _ random: inout SeededGenerator
    ) throws {
        while known < core.upstream.transfers.count {
            let transfer = core.upstream.transfers[known]
            known += 1
            transfer.connect()
            guard random.chance(3, in: 10) else {
                transfer.head()
                played.append(Played(transfer: transfer))
                continue
            }
            transfer.head(
                random.chance(1, in: 2) ? 429 : 503, random.chance(1, in: 3) ? [("retry-after-ms", "150")] : [])
            transfer.end()
        }
        for index in played.indices {
            let transfer = played[index].transfer
            if played[index].sent < 3 {
                transfer.text(["one", " two", " three"][played[index].sent])
            } else {
                transfer.finish()
                transfer.done()
                transfer.end()
            }
            played[index].sent += 1
        }
        played.removeAll { $0.sent > 3 }
        core.node.flush()
    }
}
