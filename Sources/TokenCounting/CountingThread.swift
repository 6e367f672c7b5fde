internal import BridgeCore
internal import ByteCoding
internal import Glibc
internal import Synchronization
internal import Tokenizer

/// The thread that loads vocabularies, finds the texts of long prompts and counts long texts. It says what it has done by `tell`,
/// which is called on this thread.
final class CountingThread: Sendable {
    struct Job: Sendable {
        let number: Int
        /// In a vocabulary, or by bytes alone.
        let unit: TokenUnit
        let source: TextSource
    }

    enum Message: Sendable {
        /// The first job of its kind has loaded this, for everybody.
        case loaded(Vocabulary)
        case missing(Splitting, VocabularyError)
        /// By its unit.
        case counted(job: Int, [Int])
        /// Without a vocabulary: by the length of the texts.
        case estimated(job: Int, [Int])
    }

    private let source: VocabularySource
    private let tell: @Sendable (Message) -> Void
    private let jobs = Mutex<[Job]>([])
    private let bell = Bell()
    private let isEnding = Atomic(false)
    private let handle = Mutex<pthread_t?>(nil)

    init(source: @escaping VocabularySource, tell: @escaping @Sendable (Message) -> Void) {
        self.source = source
        self.tell = tell
    }

    /// Leaves a job. The first one starts the thread; false where there is none to be had.
    func add(_ job: Job) -> Bool {
        let isThere = handle.withLock { handle in
            if handle == nil { handle = start() }
            return handle != nil
        }
        guard isThere else { return false }
        jobs.withLock { $0.append(job) }
        bell.ring()
        return true
    }

    /// Ends the thread and waits for that: what it is counting is given up, what waits is not begun. It asks after every
    /// 64 KiB of words, so that this takes a few milliseconds; but of a piece that is longer (letters without a space) only
    /// after every MiB, which takes some tenths of a second. A body and a file that are being read, and a vocabulary that is
    /// being made, are waited for as well.
    func end() {
        isEnding.store(true, ordering: .releasing)
        bell.ring()
        let handle = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        if let handle { pthread_join(handle, nil) }
    }

    private func start() -> pthread_t? {
        var handle = pthread_t()
        let me = Unmanaged.passRetained(self)
        guard pthread_create(&handle, nil, threadStarted, me.toOpaque()) == 0 else {
            me.release()
            return nil
        }
        return handle
    }

    // MARK: On the thread

    fileprivate func run() {
        var shelf: [Splitting: Vocabulary?] = [:]
        var buffer: [UInt8] = []
        while true {
            bell.wait()
            let mine = jobs.withLock { jobs in
                defer { jobs = [] }
                return jobs
            }
            for job in mine {
                guard goesOn else { return }
                var vocabulary: Vocabulary?
                if let splitting = job.unit.splitting {
                    vocabulary = shelf[splitting] ?? load(splitting)
                    shelf[splitting] = .some(vocabulary)
                }
                guard let vocabulary else {
                    tell(.estimated(job: job.number, job.source.estimates(in: job.unit)))
                    continue
                }
                let found = job.source.read()
                guard let counts = count(found.texts, vocabulary, &buffer) else { return }
                tell(.counted(job: job.number, found.counts(counts.map(job.unit.scaled))))
            }
            guard goesOn else { return }
        }
    }

    private var goesOn: Bool { !isEnding.load(ordering: .acquiring) }

    private func load(_ splitting: Splitting) -> Vocabulary? {
        do throws(VocabularyError) {
            let vocabulary = try source(splitting)
            tell(.loaded(vocabulary))
            return vocabulary
        } catch {
            tell(.missing(splitting, error))
            return nil
        }
    }

    /// Nil where the thread is to end.
    private func count(_ texts: [[UInt8]], _ vocabulary: Vocabulary, _ buffer: inout [UInt8]) -> [Int]? {
        var counts: [Int] = []
        for text in texts {
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptBytes)
            buffer.append(unescaping: text.span)
            guard let count = vocabulary.count(buffer.span, while: { goesOn }) else { return nil }
            counts.append(count)
        }
        return counts
    }

    /// A larger buffer is given back.
    private static let keptBytes = 1 << 20
}

private func threadStarted(_ me: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let me else { return nil }
    Unmanaged<CountingThread>.fromOpaque(me).takeRetainedValue().run()
    return nil
}
