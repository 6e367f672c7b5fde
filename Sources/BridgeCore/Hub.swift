import ChatProtocol

/// Who is here: connections, sessions, and which of these are used. It keeps the sessions' memory under its limit.
/// Owned by the node; on the loop thread.
package final class Hub {
    /// How often a session's tail is looked at for its age.
    static let ageCheckMilliseconds: UInt64 = 60_000
    /// A running request that holds less than this is not the one that fails for want of memory: others fill it.
    static let smallestRefusedBytes = 64 * 1024
    /// How often it looks for connections that have joined nothing, at most.
    static let idleSweepMilliseconds: UInt64 = 5_000
    /// A session in which nothing was asked yet outlives its last tab by so much (and not longer than one that has content): a tab
    /// whose network fails between its `join` and the answer to its first `chat` comes back to the same epoch.
    package static let emptySessionMilliseconds: UInt64 = 60_000
    /// So many of them are kept, about 1 KB each: beyond it the oldest go.
    package static let maxEmptySessions = 10_000
    /// Where memory is full they are the first to go while they hold more than such a share of the limit (500 of them at 8 MiB,
    /// all at 256 MiB): whoever joins made-up ids drives out others of this kind, and of what has content no more than that.
    package static let emptyShare = 16

    unowned let node: Node
    private var clients: [ObjectIdentifier: Client] = [:]
    private var sessions: [String: Session] = [:]
    /// Queued and running requests of all sessions.
    package private(set) var runningRequests = 0
    /// Model lists and checks of keys under way; each holds an upstream socket, too.
    private var runningQueries = 0
    package var runningTransfers: Int { runningRequests + runningQueries }
    var hasRoomForTransfer: Bool { runningTransfers < node.limits.maxRequests }
    /// Bytes of all sessions.
    package private(set) var countedBytes = 0
    /// Bytes of commands that have come and have to wait.
    package private(set) var inputBytes = 0

    private var busy = BusySessions()
    private let unused = UnusedSessions()
    /// Those in which no request was ever made.
    private let unusedEmpty = UnusedSessions()

    private var overrun: Overrun
    /// Counts the ends of loop turns, as they come here.
    private var turn: UInt64 = 1
    private var nextIdleSweep: UInt64 = 0
    private var agingTails = DeadlineQueue<AgingTail>()
    private var announcements: [Session] = []

    /// Weak: what was forgotten gives back its memory at once.
    private struct AgingTail {
        weak var session: Session?
    }

    init(node: Node) {
        self.node = node
        overrun = Overrun(limit: node.limits.memoryLimit)
    }

    package var sessionCount: Int { sessions.count }
    package var clientCount: Int { clients.count }
    var allClients: [Client] { Array(clients.values) }

    // MARK: Clients

    func add(_ client: Client) {
        clients[ObjectIdentifier(client)] = client
    }

    func remove(_ client: Client) {
        guard clients.removeValue(forKey: ObjectIdentifier(client)) != nil else { return }
        node.diagnostics.record(.connectionClosed(connection: client.id))
    }

    /// Counts commands that a client is to keep; false, and nothing counted, where there is no room for them.
    func keepInput(_ bytes: Int) -> Bool {
        guard inputBytes + bytes <= node.limits.maxIncompleteBytes else { return false }
        inputBytes += bytes
        return true
    }

    func forgetInput(_ bytes: Int) { inputBytes -= bytes }

    // MARK: Sessions

    package func session(_ id: String) -> Session? { sessions[id] }

    /// Finds a session or begins it. By callback, for a session that only a store knows has to be loaded first.
    func openSession(_ id: String, _ body: (Result<Session, CommandError>) -> Void) {
        if let known = sessions[id] { return body(.success(known)) }
        // Of too many, empty ones are the least missed.
        while sessions.count >= node.limits.maxSessions, let oldest = unusedEmpty.first ?? unused.first {
            forget(oldest, "max_sessions")
        }
        guard sessions.count < node.limits.maxSessions else {
            return body(.failure(CommandError(.tooManyRequests, "This server holds as many sessions as it may.")))
        }
        var hasher = Hasher()
        hasher.combine(id)
        let session = Session(
            id: id, epoch: node.randomID(), hash: UInt64(bitPattern: Int64(hasher.finalize())), node: node)
        sessions[id] = session
        count(session)
        node.diagnostics.record(.sessionCreated(session: session.hash))
        body(.success(session))
    }

    /// Tabs or requests came or went: is the session used?
    func usageChanged(_ session: Session) {
        if session.tabs > 0 || !session.running.isEmpty {
            session.unusedList?.remove(session)
        } else if session.unusedList == nil, !session.isForgotten {
            (session.isEmpty ? unusedEmpty : unused).append(session, at: node.timers.now)
            if unusedEmpty.count > Self.maxEmptySessions, let oldest = unusedEmpty.first { forget(oldest, "empty") }
        }
    }

    func requestStarted(in session: Session) {
        runningRequests += 1
        busy.insert(session)
        usageChanged(session)
    }

    func requestEnded(in session: Session) {
        runningRequests -= 1
        if session.running.isEmpty { busy.remove(session) }
        usageChanged(session)
    }

    func queryStarted() { runningQueries += 1 }
    func queryEnded() { runningQueries -= 1 }

    func interruptAll() {
        for session in busy.all { session.interruptAll() }
    }

    private func forget(_ session: Session, _ reason: String) {
        guard !session.isForgotten else { return }
        session.unusedList?.remove(session)
        session.isForgotten = true
        sessions[session.id] = nil
        countedBytes -= session.countedBytes
        session.countedBytes = 0
        node.diagnostics.record(.sessionForgotten(session: session.hash, reason: reason))
    }

    // MARK: Memory

    /// Bytes of sessions that cannot be forgotten.
    private var usedBytes: Int { countedBytes - unused.byteCount - unusedEmpty.byteCount }

    /// Counts a session's bytes anew.
    func count(_ session: Session) {
        guard !session.isForgotten else { return }
        let bytes = session.countBytes(in: turn)
        let growth = bytes - session.countedBytes
        countedBytes += growth
        session.countedBytes = bytes
        session.unusedList?.grow(by: growth)
    }

    /// At the end of a turn: above the limit, unused sessions are forgotten. Where that is not enough, running requests that grow fail.
    func enforceMemoryLimit() {
        defer { turn += 1 }
        guard overrun.isNear(countedBytes) else { return }
        makeRoom(for: 0)
        switch overrun.verdict(on: usedBytes, turn: turn) {
        case .nobody: break
        case .largest(let turn):
            let largest = growing(since: turn).max { $0.byteCount < $1.byteCount }
            guard let largest, largest.byteCount >= Self.smallestRefusedBytes else { return }
            largest.refuseMemory()
        case .everybody(let turn):
            for generation in growing(since: turn) { generation.refuseMemory() }
        }
    }

    /// Running requests that have grown since that turn, and may go on.
    private func growing(since turn: UInt64) -> [Generation] {
        busy.all.flatMap { $0.running.filter { $0.grewInTurn > turn && $0.turn.status == .running } }
    }

    /// Whether one more request of so many bytes may be made, once what is unused has been forgotten for it. Nothing is where that
    /// would not suffice.
    func hasRoom(for bytes: Int) -> Bool {
        guard usedBytes + bytes <= node.limits.memoryLimit else { return false }
        makeRoom(for: bytes)
        return true
    }

    private func makeRoom(for bytes: Int) {
        while countedBytes + bytes > node.limits.memoryLimit, let session = leastMissed {
            forget(session, "memory_limit")
        }
    }

    /// The longest unused that has content: empty ones hold little, and at its limit, where a busy server stays, they would never
    /// outlive their tabs if they were the first to go. But where they do hold something, they do go first.
    private var leastMissed: Session? {
        let isEmptyFirst = unusedEmpty.byteCount > node.limits.memoryLimit / Self.emptyShare
        return isEmptyFirst ? unusedEmpty.first : unused.first ?? unusedEmpty.first
    }

    func watchAge(of session: Session) {
        guard !session.isAging, session.log.count > 0 else { return }
        session.isAging = true
        agingTails.add(AgingTail(session: session), deadline: node.timers.now + Self.ageCheckMilliseconds)
    }

    // MARK: Time

    func announceLater(_ session: Session) {
        announcements.append(session)
    }

    /// Announces presence where it is not too early.
    func announce() {
        guard !announcements.isEmpty else { return }
        announcements.removeAll { $0.announce() }
    }

    /// What falls due; about once a second.
    func tick() {
        let now = node.timers.now
        forgetUnused(at: now)
        if now >= nextIdleSweep {
            nextIdleSweep = now + min(Self.idleSweepMilliseconds, node.limits.joinTimeout / 4)
            closeIdleClients(at: now)
        }
        while let tail = agingTails.take(at: now) {
            guard let session = tail.session, !session.isForgotten else { continue }
            session.isAging = false
            session.trimByAge()
            count(session)
            watchAge(of: session)
        }
        announce()
    }

    private func forgetUnused(at now: UInt64) {
        let limit = node.limits.sessionTTL
        let emptyLimit = min(limit, Self.emptySessionMilliseconds)
        while let oldest = unused.first, oldest.unusedSince + limit <= now { forget(oldest, "ttl") }
        while let oldest = unusedEmpty.first, oldest.unusedSince + emptyLimit <= now { forget(oldest, "empty") }
    }

    private func closeIdleClients(at now: UInt64) {
        for client in clients.values {
            guard let since = client.idleSince, since + node.limits.joinTimeout <= now else { continue }
            client.close(.idle, reason: "nothing joined")
        }
    }
}
