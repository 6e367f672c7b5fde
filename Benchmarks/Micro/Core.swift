import BridgeCore

extension Benchmark {
    /// The whole core: an upstream's bytes in, messages at the tabs out.
    static let core = [
        Benchmark(name: "relay", unit: "delta", count: 4_000) { count in
            // One delta a loop turn, as a model speaks.
            let events = Sample.events
            let bench = CoreBench(tabs: 1)
            let transfer = bench.chat()
            for index in 0..<count { bench.deliver(events[index % events.count], by: transfer) }
            return bench.received(messages: count)
        },
        Benchmark(name: "relay-burst", unit: "delta", count: 8_000) { count in
            // As much as curl hands over at once; the tab gets one merged message of it.
            let bench = CoreBench(tabs: 1)
            let transfer = bench.chat()
            let (bytes, events) = Sample.burst
            for _ in 0..<count / events { bench.deliver(bytes, by: transfer) }
            return bench.received(messages: count / events)
        },
        Benchmark(name: "relay-streams", unit: "delta", count: 4_000) { count in
            // 100 answers of 100 sessions in one loop turn.
            let events = Sample.events
            let benches = CoreBench(tabs: 100, isShared: false)
            let transfers = (0..<100).map { benches.chat(tab: $0) }
            for index in 0..<count / 100 {
                let event = events[index % events.count]
                for transfer in transfers { transfer.receive(event) }
                benches.node.flush()
            }
            return benches.received(messages: count)
        },
        Benchmark(name: "fan-out", unit: "delivery", count: 20_000) { count in
            let events = Sample.events
            let bench = CoreBench(tabs: 100)
            let transfer = bench.chat()
            for index in 0..<count / 100 { bench.deliver(events[index % events.count], by: transfer) }
            return bench.received(messages: count)
        },
        Benchmark(name: "requests", unit: "request", count: 500) { count in
            // The shortest answer there is, from the command to the terminal frame.
            let bench = CoreBench(tabs: 1)
            for _ in 0..<count {
                let transfer = bench.chat()
                bench.deliver(Sample.events[0], by: transfer)
                transfer.receive(Sample.done)
                transfer.end()
                bench.node.flush()
            }
            return bench.received(messages: 2 * count)
        },
        Benchmark(name: "resume", unit: "return", count: 500) { count in
            // A tab connects, joins with its position, gets 100 deltas that it missed in one message, and goes.
            let events = Sample.events
            let bench = CoreBench(tabs: 1)
            let transfer = bench.chat()
            let position = bench.position
            for index in 0..<100 { bench.deliver(events[index % events.count], by: transfer) }
            var messages = 0
            for _ in 0..<count { messages += bench.comeAndGo(after: position) }
            precondition(messages >= 2 * count, "a tab did not get what it missed")
            return messages
        },
    ]
}
