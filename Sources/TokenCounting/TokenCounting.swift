package import BridgeCore
internal import ByteCoding
package import Tokenizer
package import UVLoop

/// What is worth a line in the log. Reported on the loop.
package enum TokenCountingEvent: Equatable, Sendable {
    /// At its first use: so many tokens are known.
    case vocabularyLoaded(Splitting, tokens: Int)
    /// At its first use, once: from now on a factor serves in its place.
    case vocabularyMissing(Splitting, VocabularyError)
}

/// Where a vocabulary comes from. Asked once for each, on the thread that counts; `close()` waits for its answer.
package typealias VocabularySource = @Sendable (Splitting) throws(VocabularyError) -> Vocabulary

/// Counts tokens: short texts at once, long ones on a thread of its own, where the texts of long bodies are found, too. One for
/// each node.
///
/// A vocabulary is loaded when a text is first to be counted in it, on that thread; what comes until it is there waits,
/// short or long. Where it cannot be had a factor serves (`TokenEstimate`), at once but for a long body, whose texts have
/// to be found. Where too much waits, and after `close()`, it serves at once, of a long body for all of its bytes.
package final class TokenCounting: TokenCounter {
    /// Together, in bytes: texts up to this are counted on the loop, which may be held up for a millisecond. The
    /// slowest text that was found, one word of random letters, takes 0.25 µs a byte, and so 0.5 ms; English takes a
    /// tenth of that.
    package static let shortBytes = 2 << 10
    /// What may wait for the thread. Each job comes from a request or from the end of one, of which there are 10,000 at
    /// most; its texts are shared with nobody.
    package static let maxWaitingJobs = 1024
    package static let maxWaitingBytes = 64 << 20

    /// What a job will be answered with, and what it is about in case it never is counted.
    private struct Waiting {
        let source: TextSource
        let bytes: Int
        let unit: TokenUnit
        let done: (_ counts: [Int], _ isExact: Bool) -> Void
    }

    private enum Shelf {
        case unknown, missing
        case loaded(Vocabulary)
    }

    private let loop: UVLoop
    private let mailbox: Mailbox
    private let thread: CountingThread
    private let report: (TokenCountingEvent) -> Void
    private var shelves: [Splitting: Shelf] = [:]
    private var waiting: [Int: Waiting] = [:]
    private var waitingBytes = 0
    private var lastNumber = 0
    private var buffer: [UInt8] = []
    private var isClosed = false

    /// The way from the thread back to its owner. It is taken on the loop only, in the mailbox's jobs, of which none
    /// runs after `close()`.
    private final class Home: @unchecked Sendable {
        weak var owner: TokenCounting?
    }

    /// `folder` is where the rank files lie; nothing is read now. `report` is called on the loop and must not call
    /// back.
    package convenience init(
        loop: UVLoop, folder: String, report: @escaping (TokenCountingEvent) -> Void
    ) throws(UVError) {
        let folder = VocabularyFolder(path: folder)
        try self.init(
            loop: loop, source: { (splitting) throws(VocabularyError) in try folder.load(splitting) }, report: report)
    }

    package init(
        loop: UVLoop, source: @escaping VocabularySource, report: @escaping (TokenCountingEvent) -> Void
    ) throws(UVError) {
        let mailbox = try loop.makeMailbox()
        let home = Home()
        self.loop = loop
        self.mailbox = mailbox
        self.report = report
        thread = CountingThread(source: source) { message in
            mailbox.send { home.owner?.heard(message) }
        }
        home.owner = self
    }

    deinit { precondition(isClosed, "closed by its owner, on the loop") }

    /// Ends the thread. What was waiting is answered by factor before this returns; what is asked later, too.
    package func close() {
        loop.assertOnLoop()
        guard !isClosed else { return }
        isClosed = true
        thread.end()
        mailbox.close()
        for number in waiting.keys.sorted() {
            guard let job = take(number) else { continue }
            job.done(job.source.hastyEstimates(in: job.unit), false)
        }
    }

    // MARK: The port

    package func count(
        _ source: TextSource, in unit: TokenUnit, _ done: @escaping (_ counts: [Int], _ isExact: Bool) -> Void
    ) {
        loop.assertOnLoop()
        let bytes = source.byteCount
        let isShort = bytes <= Self.shortBytes
        switch unit.splitting.map({ shelves[$0, default: .unknown] }) ?? .missing {
        case .missing where isShort || source.body == nil:
            return done(source.estimates(in: unit), false)
        case .loaded(let vocabulary) where isShort:
            let found = source.read()
            return done(found.counts(found.texts.map { unit.scaled(count($0, vocabulary)) }), unit.isExact)
        case .missing, .unknown, .loaded:
            break
        }
        lastNumber += 1
        let job = CountingThread.Job(number: lastNumber, unit: unit, source: source)
        guard !isClosed, waiting.count < Self.maxWaitingJobs, waitingBytes + bytes <= Self.maxWaitingBytes,
            thread.add(job)
        else { return done(source.hastyEstimates(in: unit), false) }
        waiting[lastNumber] = Waiting(source: source, bytes: bytes, unit: unit, done: done)
        waitingBytes += bytes
    }

    private func count(_ text: [UInt8], _ vocabulary: Vocabulary) -> Int {
        buffer.removeAll(keepingCapacity: true)
        buffer.append(unescaping: text.span)
        let unescaped = buffer
        return vocabulary.count(unescaped.span)
    }

    // MARK: The thread's answers

    private func heard(_ message: CountingThread.Message) {
        switch message {
        case .loaded(let vocabulary):
            shelves[vocabulary.splitting] = .loaded(vocabulary)
            report(.vocabularyLoaded(vocabulary.splitting, tokens: vocabulary.tokenCount))
        case .missing(let splitting, let error):
            shelves[splitting] = .missing
            report(.vocabularyMissing(splitting, error))
        case .counted(let number, let counts):
            guard let job = take(number) else { return }
            job.done(counts, job.unit.isExact)
        case .estimated(let number, let counts): take(number)?.done(counts, false)
        }
    }

    private func take(_ number: Int) -> Waiting? {
        guard let job = waiting.removeValue(forKey: number) else { return nil }
        waitingBytes -= job.bytes
        return job
    }
}
