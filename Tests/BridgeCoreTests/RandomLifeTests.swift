import BridgeCore
import BridgeTestKit
import Testing

/// A small server's life, by chance: tabs that come, go and stall, commands right and wrong, upstreams good and bad, limits
/// that are hit. Every message keeps the rules, and in the end nothing is left.
@Suite("Random lives")
struct RandomLifeTests {
    private static let sessions = ["a", "b", "c"]

    private static var limits: Limits {
        var limits = Limits()
        limits.tailEntries = 30
        limits.tailBytes = 5_000
        limits.transcriptBytes = 20_000
        limits.memoryLimit = 60_000
        limits.maxSessionRequests = 4
        limits.maxRequests = 8
        limits.maxSessions = 3
        limits.rememberedRequests = 20
        limits.maxAnswerBytes = 4_000
        limits.sessionTTL = 20_000
        limits.orphanGrace = 3_000
        limits.tailAge = 30_000
        limits.joinTimeout = 1_000_000
        return limits
    }

    @Test("nothing is broken, and nothing is left", arguments: Seeds.of(80))
    func life(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let counter = FakeCounter(isLate: random.chance(1, in: 2))
        let core = CoreFixture(
            limits: Self.limits, targets: Self.targets(&random), counter: random.chance(1, in: 3) ? nil : counter)
        var tabs = try (0..<4).map { _ in try core.tab("a", "b") }
        for step in 0..<200 {
            let index = Int.random(in: 0..<tabs.count, using: &random)
            switch Int.random(in: 0..<11, using: &random) {
            case 0...3: tabs[index].connection.receive(Self.command(&random))
            case 4...6:
                if let transfer = core.upstream.transfers.suffix(8).randomElement(using: &random) {
                    Self.play(transfer, &random)
                }
            case 7: tabs[index].connection.makeRoom([nil, 0, 1, 2].randomElement(using: &random) ?? nil)
            case 8:
                try tabs[index].read()
                tabs[index].disconnect()
                tabs[index] = random.chance(1, in: 2) ? try tabs[index].reconnected() : try core.tab("b", "c")
            case 9: counter.answer()
            default: core.advance(by: [1, 500, 3_500, 30_000].randomElement(using: &random) ?? 1)
            }
            if random.chance(2, in: 3) { core.node.flush() }
            if random.chance(1, in: 2) { try tabs[index].read() }
            if step == 150, random.chance(1, in: 4) { core.node.drain {} }
        }
        core.node.interruptAll()
        for tab in tabs {
            tab.connection.makeRoom()
            core.node.flush()
            try tab.read()
            #expect(!tab.frames.contains { $0.description.contains("sk-server-secret") }, "seed \(seed)")
            tab.disconnect()
        }
        #expect(core.node.hub.runningRequests == 0, "seed \(seed)")
        core.advance(by: 25_000)
        #expect(core.node.hub.sessionCount == 0 && core.node.hub.countedBytes == 0, "seed \(seed)")
        #expect(core.node.hub.clientCount == 0 && core.timers.pendingCount == 0, "seed \(seed)")
    }

    private static func targets(_ random: inout SeededGenerator) -> [UpstreamTarget] {
        [
            .fake(
                "default", key: "sk-server-secret", defaultModel: "m", fallbacks: [.init(upstream: "other")],
                retry: .init(maxAttempts: Int.random(in: 1...3, using: &random), baseDelay: 300),
                breaker: .init(failures: Int.random(in: 0...3, using: &random), openFor: 2_000),
                maxConcurrent: random.chance(1, in: 2) ? 2 : nil,
                abortPolicy: random.chance(1, in: 2) ? .drain(maxTokens: 50, milliseconds: 2_000) : .close),
            .fake("other", key: "sk-server-secret", defaultModel: "m", maxConcurrent: 1),
        ]
    }

    private static func command(_ random: inout SeededGenerator) -> String {
        let session = sessions.randomElement(using: &random) ?? "a"
        let request = "r\(Int.random(in: 0..<60, using: &random))"
        let head = #""session":"\#(session)","request":"\#(request)""#
        let other = "r\(Int.random(in: 0..<60, using: &random))"
        return [
            #"{"type":"chat",\#(head),"input":"hello"}"#,
            #"{"type":"chat",\#(head),"input":"hello","orphan":"abort"}"#,
            #"{"type":"chat",\#(head),"input":"hello","store":false}"#,
            #"{"type":"chat",\#(head),"input":"hello","replaces":"\#(other)"}"#,
            #"{"type":"chat",\#(head),"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}]}"#,
            #"{"type":"chat",\#(head),"input":"\#(String(repeating: "x", count: 2_000))"}"#,
            #"{"type":"abort",\#(head)}"#, #"{"type":"abort","session":"\#(session)"}"#,
            #"{"type":"join","session":"\#(session)"}"#, #"{"type":"leave","session":"\#(session)"}"#,
            #"{"type":"models"}"#, #"{"type":"ping","t":1}"#, #"{"type":"chat",\#(head)}"#, "{", #"{"type":"x"}"#,
        ].randomElement(using: &random) ?? "{}"
    }

    private static func play(_ transfer: FakeTransfer, _ random: inout SeededGenerator) {
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: transfer.connect()
        case 2, 3: transfer.head()
        case 4: transfer.head([429, 401, 500].randomElement(using: &random) ?? 500)
        case 5: transfer.done()
        case 6: transfer.end()
        case 7: transfer.fail(.closed)
        case 8: transfer.event(#"{"error":{"message":"sk-server-secret"}}"#)
        case 9: transfer.finish()
        default:
            for _ in 0..<Int.random(in: 1...20, using: &random) { transfer.text("some words ") }
        }
    }
}
