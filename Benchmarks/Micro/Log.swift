import BridgeCore
import BridgeTestKit
import ChatProtocol
import Providers

extension Benchmark {
    /// A session's log: entries in, messages out.
    static let log = [
        Benchmark(name: "log-frame", unit: "delta", count: 4_000) { count in
            // One delta is appended, written for a tab that keeps up, and forgotten in time.
            var log = SessionLog(epoch: "e1")
            let slot = log.addSlot(session: "Zk3vq0s8Jx5lWm2hYb7uRw", request: "r1")
            let batches = Sample.pieces.map { DeltaBatch.one(.text, $0) }
            var plan = MessagePlan()
            var message = MessageBuffer()
            var bytes = 0
            for index in 0..<count {
                let cursor = log.head
                log.append(batches[index % batches.count], slot: slot)
                message.removeAll()
                _ = log.writeMessage(after: cursor, limit: Node.messageBytes, plan: &plan, to: &message.bytes)
                bytes += message.payloadCount
                log.trim(maxEntries: 1_000, maxBytes: 1 << 20)
            }
            return bytes
        },
        Benchmark(name: "log-merge", unit: "delta", count: 16_000) { count in
            // A tab that is 1,000 deltas of four requests behind.
            var log = SessionLog(epoch: "e1")
            let slots = (0..<4).map { log.addSlot(session: "Zk3vq0s8Jx5lWm2hYb7uRw", request: "r\($0)") }
            for index in 0..<1_000 {
                log.append(DeltaBatch.one(.text, Sample.pieces[index % Sample.pieces.count]), slot: slots[index % 4])
            }
            var plan = MessagePlan()
            var message = MessageBuffer()
            var deltas = 0
            while deltas < count {
                var cursor: UInt64 = 0
                while cursor < log.head {
                    message.removeAll()
                    cursor = log.writeMessage(
                        after: cursor, limit: Node.messageBytes, plan: &plan, to: &message.bytes)
                }
                deltas += Int(cursor)
            }
            return deltas
        },
        Benchmark(name: "snapshot", unit: "turn", count: 500) { count in
            let transcript = transcript(turns: 50)
            var bytes = 0
            for _ in 0..<count / 50 {
                bytes += Snapshot(seq: 100, transcript: transcript, running: []).tail.bytes.count
            }
            return bytes
        },
    ]

    /// Ended turns, each with a prompt of 1 KiB and an answer of 200 deltas.
    private static func transcript(turns: Int) -> Transcript {
        var transcript = Transcript()
        for index in 0..<turns {
            let turn = Turn(
                request: "r\(index)", seq: UInt64(index + 1),
                frame: LogFrame.Request(
                    prompt: .input(Sample.prompt), model: "gpt-4o-mini", upstream: "default", params: nil,
                    replaces: nil, at: 1_741_570_283_000),
                isStored: true)
            for delta in 0..<200 { turn.answer.append(DeltaBatch.one(.text, Sample.pieces[delta % 16])) }
            turn.status = .ended
            turn.finishReasons = [FinishReason(word: "stop", kind: .stop)]
            transcript.insert(turn, maxBytes: 16 << 20)
        }
        return transcript
    }
}
