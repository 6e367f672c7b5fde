import BridgeCore
import BridgeTestKit
import Testing

@Suite("An upstream with few places")
struct UpstreamPlacesTests {
    private func core(places: Int, retry: UpstreamTarget.RetryPolicy = .once, limits: Limits = Limits()) -> CoreFixture
    {
        CoreFixture(limits: limits, targets: [.fake("a", retry: retry, maxConcurrent: places)])
    }

    private func play(_ transfer: FakeTransfer, on core: CoreFixture) {
        transfer.connect()
        transfer.head()
        transfer.text("x")
        transfer.done()
        transfer.end()
        core.node.flush()
    }

    @Test("further requests wait without a transfer, and begin when a place is free")
    func waiting() throws {
        let core = core(places: 2)
        let tab = try core.tab()
        for id in ["a", "b", "c"] { try tab.chat(id) }
        #expect(core.upstream.transfers.count == 2)
        core.advance(by: 700)
        play(core.upstream.transfers[0], on: core)
        #expect(core.upstream.transfers.count == 3)
        play(core.upstream.transfers[2], on: core)
        try tab.read()
        let end = try #require(tab.frames.last { $0.type == "end" })
        #expect(end.request == "c" && end.object("timing")["queued_ms"] as? Int == 700)
        #expect(core.node.gate(of: "a").inside == 1)
    }

    @Test("sessions take turns")
    func fairness() throws {
        let core = core(places: 1)
        let tab = try core.tab("s", "t")
        try tab.chat("s0")
        for index in 1...3 { try tab.chat("s\(index)") }
        try tab.chat("t1", "x", in: "t")
        var order: [String] = []
        for index in 0..<5 {
            play(core.upstream.transfers[index], on: core)
            order += try tab.read().of("start").compactMap(\.request)
        }
        #expect(order == ["s0", "s1", "t1", "s2", "s3"])
    }

    @Test("an abort while it waits ends it; nobody begins for it")
    func abort() throws {
        let core = core(places: 1)
        let tab = try core.tab()
        for id in ["a", "b", "c"] { try tab.chat(id) }
        let aborted = try #require(try tab.abort("b").of("aborted").first)
        #expect(aborted.object("timing")["queued_ms"] == nil && aborted.object["usage"] == nil)
        play(core.upstream.transfers[0], on: core)
        #expect(core.upstream.transfers.count == 2 && core.node.gate(of: "a").waitingCount == 0)
        try tab.abort("c")
        #expect(core.node.gate(of: "a").inside == 0)
    }

    @Test("a pause between attempts holds no place")
    func pausing() throws {
        let core = core(places: 1, retry: .init(maxAttempts: 2, baseDelay: 1, maxDelay: 5_000))
        let tab = try core.tab()
        try tab.chat("a")
        try tab.chat("b")
        core.upstream {
            $0.head(429, [("retry-after", "2")])
            $0.end()
        }
        #expect(core.upstream.transfers.count == 2, "the other one has begun")
        core.advance(by: 3_000)
        #expect(core.upstream.transfers.count == 2, "the first one waits for its place again")
        play(core.upstream.transfers[1], on: core)
        #expect(core.upstream.transfers.count == 3)
        play(core.upstream.transfers[2], on: core)
        try tab.read()
        #expect(tab.request("a").answer == "x" && tab.request("b").answer == "x")
    }

    @Test("who waits too long fails while it waits")
    func total() throws {
        var limits = Limits.patient
        limits.totalTimeout = 5_000
        let core = core(places: 1, limits: limits)
        let tab = try core.tab()
        try tab.chat("a")
        core.advance(by: 1_000)
        try tab.chat("b")
        core.advance(by: 4_000)
        #expect(core.upstream.transfers.count == 2, "the first has reached its end")
        core.upstream { $0.head() }
        try tab.chat("c")
        core.advance(by: 1_000)
        core.advance(by: 4_000)
        let errors = tab.frames.of("error") + (try tab.read().of("error"))
        #expect(errors.map(\.request) == ["a", "b", "c"])
        #expect(
            errors.last?["stage"] == "stream" || errors.last?["stage"] == "queue" || errors.last?["stage"] == "connect")
    }

    @Test("a server that stops starts nobody who waits")
    func interrupt() throws {
        let core = core(places: 1)
        let tab = try core.tab("s", "t", "u")
        for session in ["s", "t", "u"] { try tab.chat("r", "x", in: session) }
        core.node.interruptAll()
        #expect(core.upstream.transfers.count == 1)
        try tab.read()
        #expect(["s", "t", "u"].allSatisfy { tab.request("r", in: $0).errorCode == "interrupted" })
    }

    @Test("more places after a reload are taken at once")
    func reload() throws {
        let core = core(places: 1)
        let tab = try core.tab()
        for index in 0..<5 { try tab.chat("r\(index)") }
        core.node.catalogue = UpstreamCatalogue([.fake("a", maxConcurrent: 3)])
        core.node.flush()
        #expect(core.upstream.transfers.count == 3)
        core.node.catalogue = UpstreamCatalogue([.fake("a")])
        core.node.flush()
        #expect(core.upstream.transfers.count == 5)
    }

    @Test("a place is given back exactly once, whatever happens", arguments: Seeds.of(60))
    func property(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let places = Int.random(in: 1...3, using: &random)
        let core = CoreFixture(targets: [
            .fake(
                "a", fallbacks: random.chance(1, in: 2) ? [.init(upstream: "b")] : [],
                retry: .init(maxAttempts: 3, baseDelay: 50, maxDelay: 200), breaker: .init(failures: 4, openFor: 500),
                maxConcurrent: places,
                abortPolicy: random.chance(1, in: 2) ? .drain(maxTokens: 10, milliseconds: 300) : .close),
            .fake("b", maxConcurrent: 1),
        ])
        let tab = try core.tab("s", "t")
        var count = 0
        for _ in 0..<300 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1, 2:
                count += 1
                try tab.chat("r\(count)", "x", in: random.chance(1, in: 2) ? "s" : "t")
            case 3: try tab.abort(in: random.chance(1, in: 2) ? "s" : "t")
            case 4: core.advance(by: UInt64.random(in: 0...200, using: &random))
            default:
                let alive = core.upstream.transfers.filter { !$0.hasEnded }
                guard let transfer = alive.randomElement(using: &random) else { continue }
                switch Int.random(in: 0..<8, using: &random) {
                case 0: transfer.fail(.connect)
                case 1: transfer.fail(.closed)
                case 2:
                    transfer.head(503)
                    transfer.end()
                case 3, 4: transfer.head()
                case 5: transfer.text("x")
                case 6: transfer.done()
                default: transfer.end()
                }
                core.node.flush()
            }
            let (a, b) = (core.node.gate(of: "a"), core.node.gate(of: "b"))
            #expect(a.inside <= places && b.inside <= 1, "seed \(seed)")
            #expect(a.waitingCount == 0 || a.inside == places, "seed \(seed): a place is free, and somebody waits")
            try tab.read()
        }
        core.node.interruptAll()
        core.advance(by: 3_000)
        for name in ["a", "b"] {
            #expect(core.node.gate(of: name).inside == 0 && core.node.gate(of: name).waitingCount == 0, "seed \(seed)")
        }
        #expect(core.node.hub.runningRequests == 0 && core.timers.pendingCount == 0, "seed \(seed)")
    }

    @Test("a place that is given back at a turn's very end is taken in the same turn")
    func atTheEnd() throws {
        var limits = Limits()
        limits.memoryLimit = 512 << 10
        let core = self.core(places: 1, limits: limits)
        let tab = try core.tab()
        try tab.chat("large")
        try tab.chat("next")
        #expect(core.upstream.transfers.count == 1)
        core.upstream {
            $0.head()
            for _ in 0..<40 { $0.text(String(repeating: "x", count: 16 << 10)) }
        }
        try tab.read()
        #expect(tab.frames.of("error").map { $0.code } == ["too_many_requests"])
        #expect(core.upstream.transfers.count == 2)
    }
}
