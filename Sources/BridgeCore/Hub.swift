import ChatProtocol

/// Who is here: connections, sessions, and which of these are used. It keeps the sessions' memory under its limit.
/// Owned by the node; on the loop thread.
package final class Hub {
    /// How often a session's tail is looked at for its age.
    static let ageCheckMilliseconds: UInt64 = 60_000

    unowned let node: Node
    private var clients: [UInt64: Client] = [:]
    private var clientNumbers: [ObjectIdentifier: UInt64] = [:]
    private var nextClientNumber: UInt64 = 0
    private var sessions: [String: Session] = [:]
    /// Queued and running requests of all sessions.
    package private(set) var runningRequests = 0
    /// Bytes of all sessions.
    package private(set) var countedBytes = 0

    // Sessions without tabs and running requests, the longest unused first.
    private var firstUnused: Session?
    private var lastUnused: Session?

    private var idleClients = DeadlineQueue<UInt64>()
    private var orphans = DeadlineQueue<Session>()
    private var agingTails = DeadlineQueue<Session>()
    private var announcements: [Session] = []

    init(node: Node) { self.node = node }

    package var sessionCount: Int { sessions.count }
    package var clientCount: Int { clients.count }
    var allClients: [Client] { Array(clients.values) }

    // MARK: Clients

    func add(_ client: Client) {
        nextClientNumber += 1
        clients[nextClientNumber] = client
        clientNumbers[ObjectIdentifier(client)] = nextClientNumber
        clientBecameIdle(client)
    }

    func remove(_ client: Client) {
        guard let number = clientNumbers.removeValue(forKey: ObjectIdentifier(client)) else { return }
        clients[number] = nil
        node.diagnostics.record(.connectionClosed(connection: client.id))
    }

    func clientBecameIdle(_ client: Client) {
        guard let number = clientNumbers[ObjectIdentifier(client)] else { return }
        idleClients.add(number, deadline: node.timers.now + node.limits.joinTimeout)
    }

    // MARK: Sessions

    func session(_ id: String) -> Session? { sessions[id] }

    /// Finds a session or begins it. By callback, for a session that only a store knows has to be loaded first.
    func openSession(_ id: String, _ body: (Result<Session, CommandError>) -> Void) {
        if let known = sessions[id] { return body(.success(known)) }
        while sessions.count >= node.limits.maxSessions, let oldest = firstUnused { forget(oldest, "max_sessions") }
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
            unlink(session)
        } else if session.isEmpty {
            forget(session, "empty")
        } else if !session.isUnused {
            link(session)
        }
        if session.tabs == 0, session.running.contains(where: { $0.orphan == .abort }) {
            orphans.add(session, deadline: node.timers.now + node.limits.orphanGrace)
        }
    }

    func requestStarted(in session: Session) {
        runningRequests += 1
        usageChanged(session)
    }

    func requestEnded(in session: Session) {
        runningRequests -= 1
        usageChanged(session)
    }

    func interruptAll() {
        for session in sessions.values where !session.running.isEmpty { session.interruptAll() }
    }

    private func forget(_ session: Session, _ reason: String) {
        guard sessions[session.id] === session else { return }
        unlink(session)
        sessions[session.id] = nil
        countedBytes -= session.countedBytes
        session.countedBytes = 0
        node.diagnostics.record(.sessionForgotten(session: session.hash, reason: reason))
    }

    private func link(_ session: Session) {
        session.isUnused = true
        session.unusedSince = node.timers.now
        session.previousUnused = lastUnused
        lastUnused?.nextUnused = session
        lastUnused = session
        if firstUnused == nil { firstUnused = session }
    }

    private func unlink(_ session: Session) {
        guard session.isUnused else { return }
        session.isUnused = false
        if firstUnused === session { firstUnused = session.nextUnused }
        if lastUnused === session { lastUnused = session.previousUnused }
        session.previousUnused?.nextUnused = session.nextUnused
        session.nextUnused?.previousUnused = session.previousUnused
        session.previousUnused = nil
        session.nextUnused = nil
    }

    // MARK: Memory

    /// Counts a session's bytes anew.
    func count(_ session: Session) {
        guard sessions[session.id] === session else { return }
        let bytes = session.byteCount
        countedBytes += bytes - session.countedBytes
        session.countedBytes = bytes
    }

    /// Above the limit, the longest unused sessions are forgotten. False when that was not enough.
    func enforceMemoryLimit() -> Bool {
        while countedBytes > node.limits.memoryLimit, let oldest = firstUnused { forget(oldest, "memory_limit") }
        return countedBytes <= node.limits.memoryLimit
    }

    func watchAge(of session: Session) {
        guard !session.isAging, session.log.count > 0 else { return }
        session.isAging = true
        agingTails.add(session, deadline: node.timers.now + Self.ageCheckMilliseconds)
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
        while let oldest = firstUnused, oldest.unusedSince + node.limits.sessionTTL <= now { forget(oldest, "ttl") }
        while let session = orphans.take(at: now) {
            if let since = session.tablessSince, since + node.limits.orphanGrace <= now { session.abortOrphans() }
        }
        while let number = idleClients.take(at: now) {
            guard let client = clients[number], let since = client.idleSince else { continue }
            if since + node.limits.joinTimeout <= now {
                client.close(.idle, reason: "nothing joined")
            }
        }
        while let session = agingTails.take(at: now) {
            session.isAging = false
            guard sessions[session.id] === session else { continue }
            session.trimByAge()
            count(session)
            watchAge(of: session)
        }
        announce()
    }
}
