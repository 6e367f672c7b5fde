import BridgeCore
package import Tokenizer

/// Counts words; at once, or when the test says so.
package final class FakeCounter: TokenCounter {
    package struct Job {
        package let texts: [String]
        package let unit: TokenUnit
        fileprivate let done: (_ counts: [Int], _ isExact: Bool) -> Void
    }

    /// Asked for, and not answered.
    package private(set) var waiting: [Job] = []
    /// All that was ever asked for.
    package private(set) var jobs: [Job] = []
    package var isLate: Bool

    package init(isLate: Bool = false) { self.isLate = isLate }

    package func count(
        _ texts: [[UInt8]], in unit: TokenUnit, _ done: @escaping (_ counts: [Int], _ isExact: Bool) -> Void
    ) {
        let job = Job(texts: texts.map { String(decoding: $0, as: UTF8.self) }, unit: unit, done: done)
        jobs.append(job)
        if isLate { waiting.append(job) } else { answer(job) }
    }

    /// What waits is answered.
    package func answer() {
        let jobs = waiting
        waiting = []
        for job in jobs { answer(job) }
    }

    private func answer(_ job: Job) {
        job.done(job.texts.map { $0.split(separator: " ").count }, job.unit.isExact)
    }
}
