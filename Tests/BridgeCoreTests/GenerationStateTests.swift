import BridgeCore
import ChatProtocol
import Testing

/// Every state × every input: where it leads and what is to be done.
@Suite("One answer's state machine")
struct GenerationStateTests {
    private static let failure = RequestFailure(.upstreamClosed, "broke", stage: .stream)
    private static var limits: Limits {
        var limits = Limits()
        limits.connectTimeout = 10
        limits.firstByteTimeout = 20
        limits.idleTimeout = 30
        limits.totalTimeout = 1000
        return limits
    }

    /// How to get a machine into each state at time 100.
    private static let ways: [(GenerationState.Phase, [GenerationState.Input])] = [
        (.queued, []),
        (.connecting, [.start]),
        (.waiting, [.start, .connected]),
        (.rejected, [.start, .connected, .head(status: 429)]),
        (.streaming, [.start, .connected, .head(status: 200)]),
        (.ended, [.start, .connected, .head(status: 200), .answered]),
        (.aborted, [.start, .abort]),
        (.failed, [.start, .broke(failure)]),
    ]

    private static func machine(in phase: GenerationState.Phase) -> GenerationState {
        var machine = GenerationState(limits: limits, now: 100)
        for input in ways.first(where: { $0.0 == phase })?.1 ?? [] { _ = machine.handle(input, at: 100) }
        return machine
    }

    private static let inputs: [(name: String, input: GenerationState.Input)] = [
        ("start", .start), ("connected", .connected), ("head 200", .head(status: 200)),
        ("head 204", .head(status: 204)), ("head 500", .head(status: 500)), ("head 302", .head(status: 302)),
        ("bytes", .bytes), ("answered", .answered), ("broke", .broke(failure)), ("abort", .abort), ("tick", .tick),
    ]

    /// The pairs that do something; every other pair changes nothing.
    private static let effects: [String: (GenerationState.Phase, [GenerationState.Action])] = {
        let fail = GenerationState.Action.fail(code: .upstreamClosed, stage: .stream)
        var table: [String: (GenerationState.Phase, [GenerationState.Action])] = [
            "queued start": (.connecting, [.startTransfer]),
            "queued broke": (.failed, [fail]),
            "queued abort": (.aborted, [.abort]),
            "connecting connected": (.waiting, []),
            "streaming answered": (.ended, [.end]),
        ]
        for phase in ["connecting", "waiting"] {
            for status in [200, 204] { table["\(phase) head \(status)"] = (.streaming, []) }
            for status in [500, 302] { table["\(phase) head \(status)"] = (.rejected, []) }
        }
        for phase in ["connecting", "waiting", "rejected", "streaming"] {
            table["\(phase) broke"] = (.failed, [.cancelTransfer, fail])
            table["\(phase) abort"] = (.aborted, [.cancelTransfer, .abort])
        }
        return table
    }()

    @Test("every state, every input")
    func table() {
        for (phase, _) in Self.ways {
            for (name, input) in Self.inputs {
                var machine = Self.machine(in: phase)
                #expect(machine.phase == phase)
                let actions = machine.handle(input, at: 100)
                let (next, expected) = Self.effects["\(phase) \(name)"] ?? (phase, [])
                #expect(machine.phase == next, "\(phase) \(name)")
                #expect(actions == expected, "\(phase) \(name)")
            }
        }
    }

    @Test(
        "each state has its deadline, and the stage that its time-out names",
        arguments: [
            (GenerationState.Phase.queued, UInt64(1000), ErrorStage.queue), (.connecting, 10, .connect),
            (.waiting, 20, .headers), (.rejected, 30, .stream), (.streaming, 20, .stream),
        ])
    func deadlines(_ phase: GenerationState.Phase, _ delay: UInt64, _ stage: ErrorStage) {
        var machine = Self.machine(in: phase)
        #expect(machine.deadline == 100 + delay)
        #expect(machine.handle(.tick, at: 100 + delay - 1).isEmpty && machine.phase == phase)
        let actions = machine.handle(.tick, at: 100 + delay)
        let fail = GenerationState.Action.fail(code: .upstreamTimeout, stage: stage)
        #expect(actions == (phase == .queued ? [fail] : [.cancelTransfer, fail]))
        #expect(machine.phase == .failed && machine.failure?.code == .upstreamTimeout && machine.deadline == nil)
    }

    @Test("bytes do not move the deadline of a refusal, and that is 5 s at most")
    func refusal() {
        var machine = Self.machine(in: .rejected)
        _ = machine.handle(.bytes, at: 120)
        #expect(machine.deadline == 130)
        var patient = GenerationState(limits: Limits(), now: 0)
        for input in [GenerationState.Input.start, .connected, .head(status: 500)] { _ = patient.handle(input, at: 7) }
        #expect(patient.deadline == 7 + GenerationState.refusalMilliseconds)
    }

    @Test("bytes move the deadline of a stream; the first ones also to an earlier time")
    func idle() {
        var machine = Self.machine(in: .streaming)
        _ = machine.handle(.bytes, at: 101)
        #expect(machine.deadline == 131)
        _ = machine.handle(.bytes, at: 125)
        #expect(machine.deadline == 155)
        var limits = Self.limits
        limits.idleTimeout = 1
        var hasty = GenerationState(limits: limits, now: 0)
        for input in [GenerationState.Input.start, .connected, .head(status: 200)] { _ = hasty.handle(input, at: 0) }
        #expect(hasty.deadline == 20)
        _ = hasty.handle(.bytes, at: 5)
        #expect(hasty.deadline == 6)
    }

    @Test("an answer that never falls silent ends at the total limit")
    func total() {
        var machine = Self.machine(in: .streaming)
        for time in stride(from: UInt64(110), to: 1100, by: 10) {
            _ = machine.handle(.bytes, at: time)
            #expect(machine.handle(.tick, at: time).isEmpty)
        }
        #expect(machine.deadline == 1100)
        #expect(machine.handle(.tick, at: 1100).count == 2)
        #expect(machine.failure?.message.contains("1 s in all") == true)
    }

    @Test("a final state has no deadline")
    func final() {
        for phase in [GenerationState.Phase.ended, .aborted, .failed] {
            #expect(Self.machine(in: phase).deadline == nil && phase.isFinal)
        }
    }
}
