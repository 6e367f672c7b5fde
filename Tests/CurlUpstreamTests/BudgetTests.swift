import BridgeCore
import BridgeTestKit
import CurlUpstream
import Testing
import UVLoop

@Suite("The turn's budget")
struct BudgetTests {
    /// 8 KB, the rest of a read that went beyond it, and what was held back at the pause.
    private let mostInATurn = 8 * 1024 + 2 * 16 * 1024

    @Test("a burst of 5 MB is spread over turns and loses nothing", arguments: [false, true])
    func burst(isChunked: Bool) throws {
        try Bench.with { bench in
            var expected: [UInt8] = []
            var script: Script = isChunked ? [.streamHead] : [.head()]
            for index in 0..<50_000 {
                let line = "data: \(index) \(String(repeating: "x", count: 90))\n"
                expected += Array(line.utf8)
                if isChunked { script.steps.append(.chunk(line)) }
            }
            script.steps += isChunked ? [.lastChunk] : [.send(expected), .close]
            bench.server.answer(script)

            let recorder = Recorder()
            var inThisTurn = 0
            var most = 0
            var busyTurns = 0
            recorder.onBytes = { inThisTurn += $0 }
            bench.onFlush = {
                most = max(most, inThisTurn)
                if inThisTurn > 0 { busyTurns += 1 }
                inThisTurn = 0
            }
            bench.complete(recorder)
            #expect(recorder.failure == nil)
            #expect(recorder.body == expected)
            #expect(most <= mostInATurn)
            #expect(busyTurns >= expected.count / mostInATurn)
        }
    }

    @Test("a transfer in a burst does not keep another one waiting")
    func fairness() throws {
        try Bench.with { bench in
            // It ends when the client has had enough: whatever else the machine has to do, it goes on beside the other one.
            let flood = [UInt8](repeating: UInt8(ascii: "x"), count: 65_536)
            bench.server.answer([.head(), .endlessly(flood)]) { $0.asks(forModel: "flood") }
            bench.server.answer(.chat(["Hi"])) { $0.asks(forModel: "small") }
            let big = Recorder()
            let small = Recorder()
            var isStarted = false
            big.onBytes = { [unowned bench] _ in
                if !isStarted { bench.start(small, body: #"{"model":"small"}"#) }
                isStarted = true
            }
            bench.start(big, body: #"{"model":"flood"}"#)
            bench.run(until: { small.hasEnded })
            #expect(small.failure == nil && !small.body.isEmpty)
            let count = big.body.count
            bench.run(until: { big.body.count > count })
            big.transfer?.cancel()
        }
    }

    @Test("an error at the end of a burst comes after all of its bytes")
    func thenReset() throws {
        try Bench.with { bench in
            let burst = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
            bench.server.answer([.head([(name: "Content-Length", value: "200000")]), .send(burst), .close])
            let recorder = Recorder()
            bench.complete(recorder)
            #expect(recorder.body == burst)
            #expect(recorder.failure?.kind == .closed)
        }
    }
}
