import LoadKit
import Testing

@testable import tributary_bench

/// The account of a tab, and how texts are found in what a server sends.
struct AnswerLedgerTests {
    @Test("deltas in order are neither lost nor doubled, and the last one completes the answer")
    func order() {
        let tally = Tally()
        var ledger = AnswerLedger(expected: 3)
        take(#"{"type":"delta","text":"0:100 1:100 "}"#, tally, &ledger)
        #expect(!ledger.isComplete)
        take(#"{"type":"delta","text":"2:100 "}"#, tally, &ledger)
        #expect(ledger.isComplete)
        #expect((tally.deltas, tally.lost, tally.doubled, tally.completeAnswers) == (3, 0, 0, 1))
    }

    @Test("a gap counts as lost, a repetition as doubled")
    func faults() {
        let tally = Tally()
        var ledger = AnswerLedger(expected: 10)
        take(#"{"text":"0:1 3:1 "}"#, tally, &ledger)
        take(#"{"text":"2:1 3:1 4:1 "}"#, tally, &ledger)
        #expect((tally.lost, tally.doubled) == (2, 2))
        #expect(ledger.next == 5)
    }

    @Test("a tab that comes back goes on where it was")
    func comingBack() {
        let tally = Tally()
        var ledger = AnswerLedger(expected: 9, next: 7)
        take(#"{"text":"7:1 8:1 "}"#, tally, &ledger)
        #expect(ledger.isComplete)
        #expect((tally.lost, tally.doubled) == (0, 0))
    }

    @Test("padding may hold escaped quotes; several frames may share a message")
    func padding() {
        let tally = Tally()
        var ledger = AnswerLedger(expected: 2)
        take(#"{"text":"0:1\n\"é\\.... "}"# + "\n" + #"{"text":"1:1\"x "}"#, tally, &ledger)
        #expect(ledger.isComplete)
        #expect((tally.deltas, tally.lost) == (2, 0))
    }

    @Test("what is no text, or an empty one, holds no delta")
    func none() {
        let tally = Tally()
        var ledger = AnswerLedger(expected: 1)
        take(#"{"type":"joined","input":"0:1 "}{"text":""}"#, tally, &ledger)
        take("short", tally, &ledger)
        #expect(tally.deltas == 0)
    }

    private func take(_ message: String, _ tally: Tally, _ ledger: inout AnswerLedger) {
        Array(message.utf8).withUnsafeBufferPointer {
            tally.take($0, after: Needle("\"text\":\""), into: &ledger)
        }
    }
}
