import BridgeCore
import BridgeTestKit
import Foundation

/// A small server's life by chance, and a judge who knows the truth: tabs that come, read, stall, leave, vanish and come
/// back with a position new or old, requests in several sessions at once, upstreams good and bad, limits that are hit.
///
/// What must hold at every moment (`look`) and in the end (`end`) is written there, sentence by sentence.
final class RandomWorld {
    /// A tab, and what of its frames was judged already.
    final class Guest {
        var tab: Tab
        var judged = 0
        /// The epoch that it reads, by session.
        var epochs: [String: String] = [:]
        /// What it knew earlier: a page that was restored comes back with that.
        var memory: [String: TabModel]?

        init(_ tab: Tab) { self.tab = tab }
    }

    static let sessions = ["a", "b", "c"]

    let seed: UInt64
    let core: CoreFixture
    var random: SeededGenerator
    var guests: [Guest] = []
    var answers: [RandomAnswer] = []
    /// By session, epoch, request.
    private var truths: [[String]: Truth] = [:]
    /// Truths that a transfer was begun for.
    private var begun: Set<ObjectIdentifier> = []
    private var order = OrderBook()
    private var epochsSeen: Set<String> = []
    private var knownTransfers = 0
    /// What was done, the newest last.
    private(set) var story: [String] = []
    private(set) var step = 0
    var requestCount = 0
    /// Session and request of every prompt that was sent.
    var asked: Set<[String]> = []
    let counter: FakeCounter
    private let mayRetry: Bool

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        counter = FakeCounter(isLate: random.chance(1, in: 2))
        mayRetry = random.chance(2, in: 3)
        core = CoreFixture(
            limits: Limits.random(&random),
            targets: mayRetry ? UpstreamTarget.random(&random) : [.fake("default", defaultModel: "m")],
            counter: random.chance(1, in: 3) ? nil : counter)
    }

    /// A whole life. Throws a sentence that says where it broke and how to see it again.
    func live(steps: Int) throws {
        do {
            for _ in 0..<3 { try connect() }
            let moods = Action.moods(&random)
            while step < steps {
                step += 1
                let action = moods.randomElement(using: &random) ?? .tick
                LastWords.say("seed \(seed), step \(step), \(action)")
                story.append("\(step) \(try perform(action))")
                try adoptTransfers()
                if random.chance(1, in: 2) { core.node.flush() }
                if random.chance(1, in: 8) { try look() }
            }
            story.append("the end")
            try end()
        } catch {
            throw ViolationError(
                "\(error)\nseed \(seed); before: \(story.suffix(12).joined(separator: "; "))\nagain with TRIBUTARY_SEED=\(seed)"
            )
        }
    }

    // MARK: Judging

    /// Everybody who can take it gets all, reads it, and knows the truth.
    func look() throws {
        core.node.flush()
        for guest in guests { try read(guest) }
        for guest in guests where guest.tab.connection.isWritable { try check(guest, mustHaveEnded: false) }
    }

    /// The last day: nothing runs any more, all tabs are joined and read; then they go, and nothing is left.
    func end() throws {
        core.node.interruptAll()
        try adoptTransfers()
        for guest in guests {
            guest.tab.connection.makeRoom()
            core.advance(by: 0)
            core.node.flush()
            if guest.tab.connection.closed != nil { try comeBack(guest, knowing: nil) }
            for session in Self.sessions { try join(guest, session) }
            core.advance(by: 0)
            core.node.flush()
            try read(guest)
        }
        for guest in guests { try check(guest, mustHaveEnded: true) }
        for guest in guests { guest.tab.disconnect() }
        guests = []
        core.advance(by: 400_000)
        let hub = core.node.hub!
        guard hub.runningRequests == 0, hub.runningTransfers == 0 else { throw ViolationError("requests still run") }
        guard hub.clientCount == 0 else { throw ViolationError("\(hub.clientCount) connections are left") }
        guard hub.sessionCount == 0 else { throw ViolationError("\(hub.sessionCount) sessions are left") }
        guard hub.inputBytes == 0 else { throw ViolationError("\(hub.inputBytes) bytes of commands still wait") }
        guard hub.countedBytes == 0 else { throw ViolationError("\(hub.countedBytes) bytes are counted, of nothing") }
        guard core.timers.pendingCount == 0 else { throw ViolationError("\(core.timers.pendingCount) timers are left") }
    }

    /// Reads what has come. Each message is judged by the tab's models, each frame by what others were told.
    func read(_ guest: Guest) throws {
        try guest.tab.read()
        for frame in guest.tab.frames[guest.judged...] {
            guard let session = frame.session else { continue }
            if frame.type == "joined" { guest.epochs[session] = frame["epoch"] }
            if frame.isLogFrame { try order.take(frame, epoch: guest.epochs[session] ?? "") }
        }
        guest.judged = guest.tab.frames.count
        if random.chance(1, in: 30) { guest.memory = guest.tab.models }
    }

    /// What a tab that has read all there is must know.
    private func check(_ guest: Guest, mustHaveEnded: Bool) throws {
        for (name, model) in guest.tab.models where model.isJoined {
            guard let session = core.node.hub.session(name), session.log.epoch == model.epoch else {
                throw ViolationError("a tab has joined epoch \(model.epoch) of \(name), which is not there")
            }
            guard model.seq == Int(session.log.head) else {
                throw ViolationError("a tab that reads is at \(model.seq) of \(session.log.head) in \(name)")
            }
            for (id, known) in model.requests {
                guard asked.contains([name, id]) else {
                    throw ViolationError("a tab knows of \(name)/\(id), which nobody asked for")
                }
                let truth = truth(of: id, in: name, epoch: model.epoch)
                try truth.check(known, mustHaveEnded: mustHaveEnded)
            }
            for generation in session.running where model.requests[generation.turn.request] == nil {
                throw ViolationError("\(generation.turn.request) runs, and a tab of \(name) does not know of it")
            }
        }
    }

    // MARK: Upstreams

    /// Finds out which requests the new transfers are for: the input says it.
    private func adoptTransfers() throws {
        while knownTransfers < core.upstream.transfers.count {
            let transfer = core.upstream.transfers[knownTransfers]
            knownTransfers += 1
            guard let mark = transfer.body.range(of: "«", options: .backwards),
                let end = transfer.body.range(of: "»", options: .backwards)
            else { continue }
            let words = transfer.body[mark.upperBound..<end.lowerBound].split(separator: "/").map(String.init)
            let epoch = core.node.hub.session(words[0])?.log.epoch ?? ""
            let truth = truth(of: words[1], in: words[0], epoch: epoch)
            if !begun.insert(ObjectIdentifier(truth)).inserted { try truth.beginAgain() }
            answers.append(RandomAnswer(transfer, truth: truth))
        }
        answers.removeAll(where: \.isOver)
    }

    /// Some requests never get a transfer: they wait for one until they are aborted, or their upstream is shut.
    private func truth(of request: String, in session: String, epoch: String) -> Truth {
        if let known = truths[[session, epoch, request]] { return known }
        let truth = Truth(session: session, epoch: epoch, request: request, mayRetry: mayRetry)
        truths[[session, epoch, request]] = truth
        return truth
    }
}
