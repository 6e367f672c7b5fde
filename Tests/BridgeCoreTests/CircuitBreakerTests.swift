import BridgeCore
import BridgeTestKit
import Testing

@Suite("The circuit breaker of an upstream")
struct CircuitBreakerTests {
    private static let policy = UpstreamTarget.BreakerPolicy(failures: 3, openFor: 100)

    private final class Bench {
        var breaker = CircuitBreaker()
        var now: UInt64 = 1_000

        func report(_ verdict: CircuitBreaker.Verdict, isTrial: Bool = false) -> CircuitBreaker.Change {
            breaker.take(verdict, of: .init(isTrial: isTrial), policy: CircuitBreakerTests.policy, at: now)
        }

        func open() {
            for _ in 0..<3 { _ = report(.failed) }
        }
    }

    @Test("failures one after the other open it; an answer in between begins the count anew")
    func opening() {
        let bench = Bench()
        for verdict in [CircuitBreaker.Verdict.failed, .failed, .answered, .failed, .unknown, .failed] {
            #expect(bench.report(verdict) == .none)
        }
        #expect(bench.breaker.state == .closed(failures: 2) && bench.breaker.refusal(at: bench.now) == nil)
        #expect(bench.report(.failed) == .opened)
        #expect(bench.breaker.state == .open(until: 1_100))
    }

    @Test("while it is open nobody goes through, and is told how long; then one does, to try")
    func trial() {
        let bench = Bench()
        bench.open()
        #expect(bench.breaker.refusal(at: 1_040) == 60)
        var pass = bench.breaker.admit(at: 1_099)
        #expect(pass == nil)
        #expect(bench.breaker.refusal(at: 1_100) == nil)
        pass = bench.breaker.admit(at: 1_100)
        #expect(pass == .init(isTrial: true))
        pass = bench.breaker.admit(at: 1_200)
        #expect(pass == nil && bench.breaker.refusal(at: 1_200) != nil)
    }

    @Test("the one that tries decides: closed, open for as long again, or the next one tries")
    func decision() {
        for (verdict, change, state) in [
            (CircuitBreaker.Verdict.answered, CircuitBreaker.Change.closed, CircuitBreaker.State.closed(failures: 0)),
            (.failed, .opened, .open(until: 1_600)), (.unknown, .none, .open(until: 1_500)),
        ] {
            let bench = Bench()
            bench.open()
            bench.now = 1_500
            let pass = bench.breaker.admit(at: 1_500)
            #expect(pass?.isTrial == true)
            #expect(bench.report(verdict, isTrial: true) == change && bench.breaker.state == state)
        }
    }

    @Test("of those that were sent before it opened, an answer closes it and a failure says nothing new")
    func stragglers() {
        let bench = Bench()
        bench.open()
        bench.now = 1_050
        #expect(bench.report(.failed) == .none && bench.breaker.state == .open(until: 1_100))
        _ = bench.breaker.admit(at: 1_100)
        #expect(bench.report(.failed) == .none && bench.report(.unknown) == .none)
        #expect(bench.breaker.state == .halfOpen)
        #expect(bench.report(.answered) == .closed && bench.breaker.state == .closed(failures: 0))
    }

    @Test("without a number of failures it never opens")
    func never() {
        var breaker = CircuitBreaker()
        for _ in 0..<1_000 {
            let change = breaker.take(.failed, of: .init(isTrial: false), policy: .init(failures: 0), at: 0)
            #expect(change == .none)
        }
        let pass = breaker.admit(at: 0)
        #expect(pass == .init(isTrial: false))
    }

    @Test("at most one request is under way where it has opened, whatever happens", arguments: Seeds.of(50))
    func property(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bench = Bench()
        var passes: [CircuitBreaker.Pass] = []
        for _ in 0..<500 {
            bench.now += UInt64.random(in: 0...40, using: &random)
            if random.chance(1, in: 2), let pass = bench.breaker.admit(at: bench.now) {
                passes.append(pass)
            } else if let index = passes.indices.randomElement(using: &random) {
                let verdict = [CircuitBreaker.Verdict.failed, .failed, .failed, .answered, .unknown]
                    .randomElement(using: &random)
                _ = bench.report(verdict ?? .failed, isTrial: passes.remove(at: index).isTrial)
            }
            let trials = passes.count { $0.isTrial }
            if bench.breaker.state == .halfOpen { #expect(trials >= 1, "seed \(seed): nobody tries") }
            if case .open = bench.breaker.state { #expect(bench.breaker.refusal(at: 0) != nil, "seed \(seed)") }
        }
    }
}
