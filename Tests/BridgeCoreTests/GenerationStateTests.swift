import BridgeCore
import ChatProtocol
import Testing

/// Every state × every input: where it leads and what is to be done.
@Suite("One answer's state machine")
struct GenerationStateTests {
    typealias Phase = GenerationState.Phase
    typealias Input = GenerationState.Input
    typealias Action = GenerationState.Action

    private static let failure = RequestFailure(.upstreamClosed, "broke", stage: .stream)
    private static let broken = Input.broke(failure, retryAfter: nil)
    private static let retried = Input.broke(failure, retryAfter: 40)

    static var patience: Patience {
        Patience(.init(connect: 10, firstByte: 20, idle: 30, total: 1000), limits: Limits())
    }

    /// How to get a machine into each state at time 100; `talking` is streaming with a delta.
    private static let ways: [(name: String, phase: Phase, inputs: [Input])] = [
        ("queued", .queued, []),
        ("connecting", .connecting, [.seated]),
        ("waiting", .waiting, [.seated, .connected]),
        ("rejected", .rejected, [.seated, .connected, .head(status: 429)]),
        ("streaming", .streaming, [.seated, .connected, .head(status: 200)]),
        ("talking", .streaming, [.seated, .connected, .head(status: 200), .bytes, .delta]),
        ("pausing", .pausing, [.seated, retried]),
        ("draining", .draining, [.seated, .head(status: 200), .abort(drainingFor: 50)]),
        ("counting end", .counting, [.seated, .head(status: 200), .answered]),
        ("counting abort", .counting, [.seated, .abort(drainingFor: nil)]),
        ("counting failure", .counting, [.seated, broken]),
        ("ended", .ended, [.seated, .connected, .head(status: 200), .answered, .counted]),
        ("aborted", .aborted, [.seated, .abort(drainingFor: nil), .counted]),
        ("failed", .failed, [.seated, broken, .counted]),
    ]

    private static func machine(_ name: String) -> GenerationState {
        var machine = GenerationState(patience: patience, now: 100)
        for input in ways.first(where: { $0.name == name })?.inputs ?? [] { _ = machine.handle(input, at: 100) }
        return machine
    }

    private static let inputs: [(name: String, input: Input)] = [
        ("seated", .seated), ("connected", .connected), ("head 200", .head(status: 200)),
        ("head 204", .head(status: 204)), ("head 500", .head(status: 500)), ("head 302", .head(status: 302)),
        ("bytes", .bytes), ("delta", .delta), ("answered", .answered), ("broke", broken), ("broke, again", retried),
        ("abort", .abort(drainingFor: nil)), ("abort, drain", .abort(drainingFor: 50)), ("drained", .drained),
        ("counted", .counted), ("tick", .tick),
    ]

    /// The pairs that do something; every other pair changes nothing.
    private static let effects: [String: (Phase, [Action])] = {
        let fail = Action.fail(code: .upstreamClosed, stage: .stream)
        let conclude = Action.conclude(cancelling: true)
        var table: [String: (Phase, [Action])] = [
            "queued seated": (.connecting, [.startTransfer]),
            "queued broke, again": (.pausing, [.retry(after: 40)]),
            "connecting connected": (.waiting, []),
            "streaming answered": (.counting, [.conclude(cancelling: false)]),
            "talking answered": (.counting, [.conclude(cancelling: false)]),
            "streaming abort, drain": (.draining, []),
            "talking abort, drain": (.draining, []),
            // What was said must not be said again.
            "talking broke, again": (.counting, [conclude]),
            "pausing broke, again": (.counting, [conclude]),
        ]
        for phase in ["connecting", "waiting"] {
            for status in [200, 204] { table["\(phase) head \(status)"] = (.streaming, []) }
            for status in [500, 302] { table["\(phase) head \(status)"] = (.rejected, []) }
        }
        for phase in ["connecting", "waiting", "rejected", "streaming"] {
            table["\(phase) broke, again"] = (.pausing, [.cancelTransfer, .retry(after: 40)])
        }
        for phase in ["queued", "connecting", "waiting", "rejected", "pausing"] {
            table["\(phase) abort, drain"] = (.counting, [conclude])
        }
        for phase in ["queued", "connecting", "waiting", "rejected", "streaming", "talking", "pausing"] {
            table["\(phase) broke"] = (.counting, [conclude])
            table["\(phase) abort"] = (.counting, [conclude])
        }
        for input in ["broke", "broke, again", "abort", "abort, drain", "drained"] {
            table["draining \(input)"] = (.counting, [conclude])
        }
        for input in ["broke", "broke, again", "counted"] {
            table["counting end \(input)"] = (.ended, [.end])
            table["counting abort \(input)"] = (.aborted, [.abort])
            table["counting failure \(input)"] = (.failed, [fail])
        }
        return table
    }()

    @Test("every state, every input")
    func table() {
        for (way, phase, _) in Self.ways {
            for (name, input) in Self.inputs {
                var machine = Self.machine(way)
                #expect(machine.phase == phase)
                let actions = machine.handle(input, at: 100)
                let (next, expected) = Self.effects["\(way) \(name)"] ?? (phase, [])
                #expect(machine.phase == next, "\(way) \(name)")
                #expect(actions == expected, "\(way) \(name)")
            }
        }
    }

    @Test(
        "each state before an answer has its deadline, and the stage that its time-out names",
        arguments: [
            ("queued", UInt64(1000), ErrorStage.queue), ("connecting", 10, .connect), ("waiting", 20, .headers),
            ("rejected", 30, .stream), ("streaming", 20, .stream), ("talking", 30, .stream),
        ])
    func deadlines(_ way: String, _ delay: UInt64, _ stage: ErrorStage) {
        let machine = Self.machine(way)
        #expect(machine.deadline == 100 + delay)
        #expect(machine.expiry(at: 100 + delay - 1) == nil)
        let failure = machine.expiry(at: 100 + delay)
        #expect(failure?.code == .upstreamTimeout && failure?.stage == stage)
    }

    @Test(
        "each state after a decision has its deadline, and ends there without a failure",
        arguments: [
            ("pausing", UInt64(40), Phase.queued, [Action.queue]),
            ("draining", 50, .counting, [.conclude(cancelling: true)]),
            ("counting end", GenerationState.countingMilliseconds, .ended, [.end]),
            ("counting abort", GenerationState.countingMilliseconds, .aborted, [.abort]),
        ])
    func quietDeadlines(_ way: String, _ delay: UInt64, _ next: Phase, _ actions: [Action]) {
        var machine = Self.machine(way)
        #expect(machine.deadline == 100 + delay)
        #expect(machine.handle(.tick, at: 100 + delay - 1).isEmpty)
        #expect(machine.expiry(at: 100 + delay) == nil)
        #expect(machine.handle(.tick, at: 100 + delay) == actions && machine.phase == next)
    }

    @Test("bytes do not move the deadline of a refusal, and that is 5 s at most")
    func refusal() {
        var machine = Self.machine("rejected")
        _ = machine.handle(.bytes, at: 120)
        #expect(machine.deadline == 130)
        var patient = GenerationState(patience: Patience(.init(), limits: Limits()), now: 0)
        for input in [Input.seated, .connected, .head(status: 500)] { _ = patient.handle(input, at: 7) }
        #expect(patient.deadline == 7 + GenerationState.refusalMilliseconds)
    }

    @Test("bytes move the deadline of a stream; the first ones also to an earlier time")
    func idle() {
        var machine = Self.machine("streaming")
        _ = machine.handle(.bytes, at: 101)
        #expect(machine.deadline == 131)
        _ = machine.handle(.bytes, at: 125)
        #expect(machine.deadline == 155)
        var patience = Self.patience
        patience.idle = 1
        var hasty = GenerationState(patience: patience, now: 0)
        for input in [Input.seated, .connected, .head(status: 200)] { _ = hasty.handle(input, at: 0) }
        #expect(hasty.deadline == 20)
        _ = hasty.handle(.bytes, at: 5)
        #expect(hasty.deadline == 6)
    }

    @Test("an answer that never falls silent ends at the total limit")
    func total() {
        var machine = Self.machine("streaming")
        for time in stride(from: UInt64(110), to: 1100, by: 10) {
            _ = machine.handle(.bytes, at: time)
            #expect(machine.expiry(at: time) == nil)
        }
        #expect(machine.deadline == 1100)
        #expect(machine.expiry(at: 1100)?.message.contains("1 s in all") == true)
    }

    @Test("each attempt has its time-outs from the beginning; the total counts on")
    func attempts() {
        var machine = Self.machine("waiting")
        _ = machine.handle(.broke(Self.failure, retryAfter: 500), at: 115)
        #expect(machine.phase == .pausing && machine.deadline == 615)
        machine.move(to: Patience(.init(connect: 7, firstByte: 20, idle: 30, total: 9_000), limits: Limits()))
        _ = machine.handle(.tick, at: 615)
        #expect(machine.phase == .queued && machine.deadline == 1100)
        _ = machine.handle(.seated, at: 700)
        #expect(machine.deadline == 707 && machine.startedAt == 100 && machine.failure?.code == .upstreamClosed)
        _ = machine.handle(.broke(Self.failure, retryAfter: 5_000), at: 705)
        #expect(machine.deadline == 1100, "no pause outlives the whole")
        #expect(machine.expiry(at: 1100)?.stage == .queue)
    }

    @Test("a final state has no deadline")
    func final() {
        for way in ["ended", "aborted", "failed"] {
            let machine = Self.machine(way)
            #expect(machine.deadline == nil && machine.expiry(at: .max / 2) == nil && machine.phase.isFinal)
        }
    }

    @Test("a request is at its upstream from its first connection to its end, but not in between two attempts")
    func places() {
        let without = Set(["queued", "pausing", "ended", "aborted", "failed"])
        for (way, phase, _) in Self.ways {
            #expect(phase.holdsPlace == (!without.contains(way) && phase != .counting), "\(way)")
        }
    }
}
