package import BridgeCore
package import Tokenizer

/// Counts words, or what the test takes for tokens; at once, or when the test says so.
package final class FakeCounter: TokenCounter {
    package struct Job {
        package let source: TextSource
        package let unit: TokenUnit
        fileprivate let done: (_ counts: [Int], _ isExact: Bool) -> Void

        /// All of them, those of the prompt included.
        package var texts: [String] { source.read().texts.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// Asked for, and not answered.
    package private(set) var waiting: [Job] = []
    /// All that was ever asked for.
    package private(set) var jobs: [Job] = []
    package var isLate: Bool

    /// What it says of its counts; nil: what is true of the unit.
    package var isExact: Bool?
    private let tokens: (String) -> Int

    package init(isLate: Bool = false, tokens: @escaping (String) -> Int = { $0.split(separator: " ").count }) {
        self.isLate = isLate
        self.tokens = tokens
    }

    package func count(
        _ source: TextSource, in unit: TokenUnit, _ done: @escaping (_ counts: [Int], _ isExact: Bool) -> Void
    ) {
        let job = Job(source: source, unit: unit, done: done)
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
        job.done(job.source.read().counts(job.texts.map(tokens)), isExact ?? job.unit.isExact)
    }
}
