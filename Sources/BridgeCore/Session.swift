import ChatProtocol
import Providers

/// One conversation that tabs share: its log, its requests, its transcript and who is here.
/// Lives for one epoch: what comes under the same id after it was forgotten is another session. Owned by the hub; on the
/// loop thread.
package final class Session {
    /// It is counted anew when so many bytes of deltas have come: walking through all that it has takes as long as making a
    /// message.
    private static let countingStep = 1024

    package let id: String
    /// What logs call it: the id is a secret.
    package let hash: UInt64
    unowned let node: Node

    package private(set) var log: SessionLog
    package private(set) var transcript = Transcript()
    /// Queued and running requests, in the order they were accepted.
    package private(set) var running: [Generation] = []
    private var requests = RequestIndex()
    package private(set) var subscriptions: [Subscription] = []
    private var snapshots = SnapshotShelf()

    /// Listed by the node for the end of the turn.
    var isDirty = false
    /// The hub has let go of it: whoever comes under its id finds another.
    var isForgotten = false
    /// Bytes that the hub has counted for it.
    var countedBytes = 0
    /// Bytes appended since then, or more where something else has changed.
    private var uncountedBytes = 0
    private let tailEntries: Int
    private let tailBytes: Int

    // Presence: the latest number announced, when, and which announcement that was.
    private var announcedTabs = 0
    private var announcedAt: UInt64 = 0
    private(set) var announcement: UInt32 = 0
    var isWaitingToAnnounce = false

    /// Its place in the hub's list of those with requests.
    var busyIndex: Int?
    // The hub's list that it is in while it is unused.
    unowned var unusedList: UnusedSessions?
    var unusedSince: UInt64 = 0
    unowned var previousUnused: Session?
    unowned var nextUnused: Session?
    /// Runs while no tab is here and some request is not to outlive that.
    private var orphanTimer: (any ScheduledTimer)?
    /// Listed by the hub for its tail's age.
    var isAging = false
    /// When the tail was last marked, for its age limit.
    private var ageMarks: [(seq: UInt64, at: UInt64)] = []

    init(id: String, epoch: String, hash: UInt64, node: Node) {
        self.id = id
        self.hash = hash
        self.node = node
        log = SessionLog(epoch: epoch)
        tailEntries = node.limits.tailEntries
        tailBytes = node.limits.tailBytes
    }

    /// No request was ever made here: nothing would be lost with it but its epoch.
    var isEmpty: Bool { log.head == 0 }
    var tabs: Int { subscriptions.count }

    /// Bytes of memory, roughly, counted in that turn.
    func countBytes(in turn: UInt64) -> Int {
        1024 + log.byteCount + transcript.byteCount + requests.byteCount + snapshots.byteCount
            + running.reduce(0) { $0 + $1.countBytes(in: turn) }
    }

    // MARK: Tabs

    func add(_ subscription: Subscription) {
        subscription.index = subscriptions.count
        subscriptions.append(subscription)
        tabsChanged()
    }

    func remove(_ subscription: Subscription) {
        guard subscription.index < subscriptions.count, subscriptions[subscription.index] === subscription else {
            return
        }
        let last = subscriptions.removeLast()
        if last !== subscription {
            last.index = subscription.index
            subscriptions[last.index] = last
        }
        // Its capacity would stay, and is counted nowhere.
        if subscriptions.isEmpty { subscriptions = [] }
        tabsChanged()
    }

    private func tabsChanged() {
        node.hub.usageChanged(self)
        watchOrphans()
        guard !subscriptions.isEmpty, !isWaitingToAnnounce else { return }
        isWaitingToAnnounce = true
        node.hub.announceLater(self)
    }

    /// The grace of `orphan: "abort"` begins when the last tab goes and ends with the next one.
    private func watchOrphans() {
        orphanTimer?.cancel()
        orphanTimer = nil
        guard subscriptions.isEmpty, running.contains(where: { $0.orphan == .abort }) else { return }
        orphanTimer = node.timers.schedule(after: node.limits.orphanGrace) { [weak self] in
            self?.orphanTimer = nil
            self?.abortOrphans()
        }
    }

    /// Tells the tabs how many they are, at most once a second. True when done, false when it is too early.
    func announce() -> Bool {
        let now = node.timers.now
        guard announcement == 0 || now >= announcedAt + Node.presenceIntervalMilliseconds else { return false }
        isWaitingToAnnounce = false
        announcedTabs = tabs
        announcedAt = now
        announcement &+= 1
        for subscription in subscriptions { tellPresence(subscription) }
        return true
    }

    /// Queues the latest number for a tab that has not heard it and can take it.
    func tellPresence(_ subscription: Subscription) {
        guard subscription.isLive, subscription.knownAnnouncement != announcement else { return }
        guard subscription.knownTabs != announcedTabs else {
            subscription.knownAnnouncement = announcement
            return
        }
        guard subscription.client.canTakeMore else { return subscription.client.wait() }
        subscription.knownAnnouncement = announcement
        subscription.knownTabs = announcedTabs
        subscription.client.enqueue(ConnectionFrame.presence(session: id, tabs: announcedTabs))
    }

    // MARK: The log

    func append(_ kind: EntryKind, members: [UInt8], slot: UInt32) {
        log.append(kind, members: members, slot: slot)
        sizeChanged()
    }

    func append(_ batch: borrowing DeltaBatch, slot: UInt32) {
        log.append(batch, slot: slot)
        uncountedBytes += 2 * batch.bytes.count + batch.deltas.count * MemoryLayout<SessionLog.Entry>.stride
        if !isDirty { node.markDirty(self) }
    }

    /// It has news, and takes another amount of memory than before.
    func sizeChanged() {
        uncountedBytes = Self.countingStep
        if !isDirty { node.markDirty(self) }
    }

    /// Writes the next message after `cursor`; see `SessionLog.writeMessage`.
    func writeMessage(after cursor: UInt64, plan: inout MessagePlan, to out: inout [UInt8]) -> UInt64 {
        log.writeMessage(after: cursor, limit: Node.messageBytes, plan: &plan, to: &out)
    }

    /// At the end of a turn, when everybody who could has read its entries: forgets what is beyond the tail's limits, and
    /// has its memory counted now and then.
    func endTurn(_ hub: Hub) {
        if log.exceeds(entries: tailEntries, bytes: tailBytes) {
            log.trim(maxEntries: tailEntries, maxBytes: tailBytes)
            uncountedBytes = Self.countingStep
        }
        if uncountedBytes >= Self.countingStep {
            uncountedBytes = 0
            snapshots.letGo()
            hub.count(self)
        }
        if !isAging { hub.watchAge(of: self) }
    }

    /// Forgets what is older than the tail's age limit; called now and then.
    func trimByAge() {
        let now = node.timers.now
        if ageMarks.last.map({ $0.seq < log.head }) ?? (log.head > 0) { ageMarks.append((log.head, now)) }
        let expired = ageMarks.prefix { $0.at + node.limits.tailAge <= now }
        guard let last = expired.last else { return }
        log.trim(maxEntries: .max, maxBytes: .max, upTo: last.seq)
        ageMarks.removeFirst(expired.count)
    }

    /// What a tab gets that cannot be replayed to.
    package func currentSnapshot() -> Snapshot {
        if let known = snapshots.current(for: log) { return known }
        let fresh = Snapshot(
            seq: log.head, transcript: transcript,
            running: running.map { ($0.turn, log.lastN(slot: $0.slot)) })
        snapshots.keep(fresh)
        node.hub.count(self)
        return fresh
    }

    // MARK: Requests

    func look(up chat: ChatCommand) -> RequestIndex.Known {
        let known = requests.look(up: chat.request, fingerprint: chat.fingerprint)
        // An id may be too old to be remembered while its request still runs.
        if known == .new, running.contains(where: { $0.turn.request == chat.request }) { return .different }
        return known
    }

    func hasSeen(_ request: String) -> Bool {
        requests.contains(request) || running.contains { $0.turn.request == request }
    }

    /// The seq of a request's turn, where that is or will be part of the transcript.
    func turnSeq(of request: String) -> UInt64? {
        running.last { $0.turn.request == request && $0.turn.isStored && !$0.turn.isReplaced }?.turn.seq
            ?? transcript.turns.last { $0.request == request }?.seq
    }

    /// Starts a request that was checked already: the transcript changes, the `request` entry is appended, the transfer
    /// starts.
    func accept(_ chat: ChatCommand, plan: RequestPlan) {
        let first = plan.steps[0]
        if chat.store, let replaces = chat.replaces, let seq = turnSeq(of: replaces) { dropTurns(from: seq) }
        if chat.prompt.replacesTranscript, chat.store { transcript.removeAll() }
        snapshots.supersede()
        requests.insert(chat.request, fingerprint: chat.fingerprint, limit: node.limits.rememberedRequests)

        let frame = LogFrame.Request(
            prompt: chat.prompt, model: first.model, upstream: first.target.name,
            named: Named(model: chat.model, upstream: chat.upstream), params: chat.params, replaces: chat.replaces,
            store: chat.store,
            dropped: plan.encoded.dropped, truncation: plan.truncation,
            at: node.timers.unixMilliseconds)
        let slot = log.addSlot(session: id, request: chat.request)
        var members = ObjectWriter.members()
        frame.write(to: &members)
        append(.request, members: members.bytes, slot: slot)
        let turn = Turn(request: chat.request, seq: log.head, frame: frame, isStored: chat.store)
        let generation = Generation(
            session: self, turn: turn, slot: slot, orphan: chat.orphan, plan: plan)
        running.append(generation)
        node.hub.requestStarted(in: self)
        node.diagnostics.record(
            .requestAccepted(session: hash, request: chat.request, upstream: first.target.name, model: first.model))
        generation.start()
    }

    private func dropTurns(from seq: UInt64) {
        transcript.remove(from: seq)
        for generation in running where generation.turn.seq >= seq { generation.turn.isReplaced = true }
    }

    /// A generation has appended its terminal entry.
    func generationEnded(_ generation: Generation) {
        running.removeAll { $0 === generation }
        snapshots.supersede()
        sizeChanged()
        if generation.turn.isStored, !generation.turn.isReplaced {
            transcript.insert(generation.turn, maxBytes: node.limits.transcriptBytes)
        }
        node.hub.requestEnded(in: self)
    }

    /// Cancels one running request, or all. Returns the ids of those that this call cancelled.
    func abort(_ request: String?, by: String) -> [String] {
        let chosen = running.filter { request == nil || $0.turn.request == request }
        return chosen.filter { $0.abort(by: by) }.map(\.turn.request)
    }

    /// The grace of a session without tabs is over.
    private func abortOrphans() {
        for generation in running where generation.orphan == .abort { _ = generation.abort(by: "orphan") }
    }

    func interruptAll() {
        for generation in running { generation.interrupt() }
    }
}

extension SessionLog {
    /// `n` of a request's newest entry.
    func lastN(slot: UInt32) -> Int { Int(slots[Int(slot)].n) - 1 }
}

extension Session {
    /// Sends the tabs what they are due, as far as their sockets take it.
    func deliver() {
        for subscription in subscriptions where subscription.isLive && subscription.cursor < log.head {
            _ = subscription.client.deliver(to: subscription)
        }
    }
}
