import Testing

@testable import LoadKit

@Suite struct PacedSourceTests {
    @Test func aNameSaysWhatIsStreamed() {
        #expect(PacedModel("paced:100:50:8") == PacedModel(count: 100, rate: 50, pad: 8))
        #expect(
            PacedModel("paced:100:0:0:cut@7") == PacedModel(count: 100, rate: 0, pad: 0, fault: .cut, faultAfter: 7))
        var late = PacedModel(count: 1, rate: 1)
        late.waitMilliseconds = 20
        #expect(PacedModel("paced:1:1:0:wait@20") == late)
        #expect(PacedModel("status:503")?.status == 503)
    }

    @Test(
        "Other names are not ours",
        arguments: ["", "gpt", "paced", "paced:1:1", "paced:-1:1:1", "paced:1:1:1:cut", "paced:1:1:1:x@1", "status:99"])
    func strangers(name: String) {
        #expect(PacedModel(name) == nil)
    }

    @Test func anAnswerIsStreamedToItsEndAndTheConnectionKept() throws {
        let bench = try SourceBench()
        for round in 1...2 {
            try bench.send(model: "paced:3:1000:9", key: "k\(round)")
            let answer = try bench.read { $0.hasSuffix("0\r\n\r\n") }
            let events = try SourceBench.events(answer)
            #expect(events.count == 6)
            #expect(events.last == "[DONE]")
            var text = AnswerText()
            for event in events.prefix(3) {
                let content = try #require(
                    event.split(separator: #""content":""#).last?.split(separator: #""},"#).first)
                #expect(content.hasSuffix(#"\n\"é\\. "#))
                try text.take(Array(content.utf8).span)
            }
            let record = try #require(bench.source.record("k\(round)"))
            #expect(record.text == text && record.end == .finished && record.attempt == 1)
            #expect(record.hashes.count == 3 && record.begins(with: text))
        }
        #expect(
            bench.source.counts
                == .init(begun: 2, running: 0, finished: 2, deltas: 6, connections: 1, openConnections: 1))
        bench.end()
    }

    @Test func anAnswerWithoutAPaceComesWhole() throws {
        let bench = try SourceBench()
        try bench.send(model: "paced:5000:0:30")
        let answer = try bench.read { $0.hasSuffix("0\r\n\r\n") }
        #expect(try SourceBench.events(answer).count == 5_003)
        #expect(bench.source.record("key")?.text.count == 5_000)
        bench.end()
    }

    @Test func aPeerThatClosesIsSeenAtOnce() throws {
        let bench = try SourceBench()
        try bench.send(model: "paced:1000000:100:0")
        _ = try bench.read { $0.contains("data:") }
        #expect(bench.source.counts.running == 1)
        let closedAt = MonotonicClock.now()
        bench.closeClient()
        try bench.run { bench.source.counts.running == 0 }
        let record = try #require(bench.source.takeRecord("key"))
        #expect(record.end == .closedByPeer)
        #expect(try #require(record.endedAt) >= closedAt)
        #expect(bench.source.recordCount == 0)
        bench.end()
    }

    @Test("Faults come after the deltas they are due after", arguments: ["cut", "close", "error", "garbage"])
    func faults(name: String) throws {
        let bench = try SourceBench()
        try bench.send(model: "paced:100:0:0:\(name)@2")
        let answer = try bench.read { name != "cut" && $0.hasSuffix("0\r\n\r\n") }
        let events = try SourceBench.events(answer)
        #expect(events.prefix(2).allSatisfy { $0.contains("content") })
        #expect(events.count == (name == "cut" || name == "close" ? 2 : 3))
        #expect(bench.source.counts.running == 0 && bench.source.counts.finished == 1)
        bench.end()
    }

    @Test func aStatusIsAWholeAnswer() throws {
        let bench = try SourceBench()
        try bench.send(model: "status:429")
        let answer = try bench.read { $0.hasSuffix("}}") }
        #expect(answer.hasPrefix("HTTP/1.1 429 "))
        bench.end()
    }

    @Test func aWheelWakesEverybodyOnceAndNobodyEarly() {
        final class Sleeper {
            let due: UInt64
            init(_ due: UInt64) { self.due = due }
        }
        var wheel = TimerWheel<Sleeper>(now: 10)
        let dues: [UInt64] = [3, 10, 11, 11, 500, 1_033, 1_034, 5_000, 9_999]
        for due in dues { wheel.add(Sleeper(due), due: due) }
        var woken: [UInt64] = []
        for now in stride(from: UInt64(10), through: 12_000, by: 7) {
            let some = wheel.takeDue(now)
            #expect(some.allSatisfy { $0.due <= now && ($0.due + 7 > now || $0.due < 11) })
            woken += some.map(\.due)
        }
        #expect(woken == dues && wheel.isEmpty)
        wheel.add(Sleeper(50_000), due: 50_000)
        #expect(wheel.takeDue(49_999).isEmpty)
        #expect(wheel.takeDue(60_000).count == 1)
    }
}
