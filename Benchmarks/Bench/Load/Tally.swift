import LoadKit

/// What all tabs of a measurement add to.
final class Tally {
    let latencies = Latencies()
    private(set) var deltas = 0
    private(set) var lost = 0
    private(set) var doubled = 0
    /// Tabs that can be used, and answers that are complete, so far.
    var readyTabs = 0
    private(set) var completeAnswers = 0
    /// Why tabs are gone that should not be.
    var failures: [String] = []
    var hasFailed: Bool { !failures.isEmpty }

    func reset() {
        latencies.removeAll()
        (deltas, lost, doubled, completeAnswers) = (0, 0, 0, 0)
    }

    /// Finds the texts in a piece of a stream and takes their deltas.
    /// - Parameter text: what stands before a text.
    func take(_ bytes: UnsafeBufferPointer<UInt8>, after text: Needle, into ledger: inout AnswerLedger) {
        let wasComplete = ledger.isComplete
        let before = (lost: ledger.lost, doubled: ledger.doubled)
        let now = MonotonicClock.now()
        var place = 0
        while let start = text.end(in: bytes, from: place) {
            place = ledger.take(bytes, from: start, now: now) { age in
                deltas += 1
                latencies.record(age)
            }
        }
        lost += ledger.lost - before.lost
        doubled += ledger.doubled - before.doubled
        if ledger.isComplete, !wasComplete { completeAnswers += 1 }
    }
}
