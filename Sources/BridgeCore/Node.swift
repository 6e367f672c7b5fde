import ChatProtocol
import Providers

/// One thread's world: everything the core has, and the turn of its loop. Plain classes under one root; nothing of it
/// leaves the loop thread.
///
/// The executable wires it: the transport calls it with connections, `flush()` is called at the end of every loop turn
/// and `tick()` about once a second.
package final class Node {
    /// Messages to clients hold at most so many bytes, except a single larger frame.
    package static let messageBytes = 64 * 1024
    /// Room for so many dirty connections and sessions is kept from turn to turn.
    private static let maxKeptDirty = 1024
    /// Presence is told at most so often per session.
    static let presenceIntervalMilliseconds: UInt64 = 1_000
    /// How long tabs that lag are waited for after a drain's deadline.
    private static let farewellMilliseconds: UInt64 = 1_000
    package static let serverName = "tributary/0.1.0"
    package static let subprotocol = "tributary.v1"
    /// What this node can do beyond the protocol's minimum, as it is now.
    var features: [String] {
        let always = [
            "resume", "merge", "presence", "abort", "models", "input", "replaces", "orphan", "client_keys", "key_check",
            "retry",
        ]
        return counter == nil ? always : always + ["context"]
    }

    package let limits: Limits
    let policy: AccessPolicy
    /// Requests that come from now on go where it says; those that run keep what they began with.
    package var catalogue: UpstreamCatalogue {
        didSet {
            models.use(catalogue)
            // There may be more places than before.
            for gate in gates.values { markDirty(gate) }
        }
    }
    /// By upstream's name. They stay when the catalogue is replaced: what is known of an upstream's health, and who is
    /// there, is as true as before.
    private var gates: [String: UpstreamGate] = [:]
    let upstream: any Upstream
    package let timers: any Timers
    let counter: (any TokenCounter)?
    let diagnostics: any Diagnostics
    private let random: () -> UInt64
    package private(set) var hub: Hub!
    private(set) var models: ModelShelf!

    private var dirtySessions: [Session] = []
    private var dirtyClients: [Client] = []
    private var dirtyGates: [UpstreamGate] = []
    // The lists being worked off, kept for their storage.
    private var flushingSessions: [Session] = []
    private var flushingClients: [Client] = []
    /// Counts loop turns.
    private(set) var turn: UInt64 = 1

    // The message made last, for the next tab at the same place.
    private var madeFor: (session: Session, cursor: UInt64, next: UInt64)?
    private var made = MessageBuffer()
    private var madeLarge: SharedMessage?
    private var plan = MessagePlan()
    // Scratch that is lent out.
    private var message = MessageBuffer()
    private var batch = DeltaBatch()

    private var drainDeadline: UInt64?
    private var drained: (() -> Void)?
    private var isStopped = false
    /// Whether a drain still waits for tabs that lag.
    private var isPatient = true

    /// - Parameters:
    ///   - counter: nil: tokens are not counted, and `context` is refused.
    ///   - random: 64 unpredictable bits a call.
    package init(
        limits: Limits, policy: AccessPolicy, catalogue: UpstreamCatalogue, upstream: any Upstream, timers: any Timers,
        counter: (any TokenCounter)? = nil, diagnostics: any Diagnostics, random: @escaping () -> UInt64
    ) {
        self.limits = limits
        self.policy = policy
        self.catalogue = catalogue
        self.upstream = upstream
        self.timers = timers
        self.counter = counter
        self.diagnostics = diagnostics
        self.random = random
        hub = Hub(node: self)
        models = ModelShelf(node: self)
    }

    func randomID() -> String {
        let digits = String(random(), radix: 36)
        return String(repeating: "0", count: max(0, 13 - digits.count)) + digits
    }

    package var isDraining: Bool { drainDeadline != nil }

    /// 64 unpredictable bits.
    func randomBits() -> UInt64 { random() }

    // MARK: Scratch. Lent out by swapping, so that whoever fills it pays no exclusivity check per byte.

    func takeBatch() -> DeltaBatch {
        var lent = DeltaBatch()
        swap(&lent, &batch)
        return lent
    }

    func returnBatch(_ lent: inout DeltaBatch) {
        lent.removeAll()
        swap(&lent, &batch)
    }

    func takeMessage() -> MessageBuffer {
        var lent = MessageBuffer()
        swap(&lent, &message)
        return lent
    }

    func returnMessage(_ lent: inout MessageBuffer) {
        lent.removeAll()
        swap(&lent, &message)
    }

    // MARK: The turn

    func markDirty(_ session: Session) {
        guard !session.isDirty else { return }
        session.isDirty = true
        dirtySessions.append(session)
    }

    func markDirty(_ client: Client) {
        guard !client.isDirty else { return }
        client.isDirty = true
        dirtyClients.append(client)
    }

    func markDirty(_ gate: UpstreamGate) {
        guard !gate.isDirty else { return }
        gate.isDirty = true
        dirtyGates.append(gate)
    }

    /// The way in to the upstream of that name.
    package func gate(of name: String) -> UpstreamGate {
        if let known = gates[name] { return known }
        // Names that are no longer configured go when there are new ones.
        gates = gates.filter { !$0.value.isIdle || catalogue.target(named: $0.key) != nil }
        let gate = UpstreamGate(name: name, node: self)
        gates[name] = gate
        return gate
    }

    private func admitWaiting() {
        while let gate = dirtyGates.popLast() {
            gate.isDirty = false
            gate.admit()
        }
    }

    /// The end of a loop turn: everybody with news gets it, merged into few messages.
    package func flush() {
        let hub = hub!
        admitWaiting()
        hub.announce()
        deliverNews()
        hub.enforceMemoryLimit()
        // A request that failed for want of memory is told so now: until something else happens there is no other turn.
        deliverNews()
        // Neither is there one for those who wait for the place of a request that has just ended.
        while !dirtyGates.isEmpty {
            admitWaiting()
            deliverNews()
        }
        turn += 1
        if isDraining, hub.runningRequests == 0, isEverybodyServed { finishDrain() }
    }

    private func deliverNews() {
        while !dirtyClients.isEmpty || !dirtySessions.isEmpty {
            swap(&flushingClients, &dirtyClients)
            for client in flushingClients {
                client.isDirty = false
                client.pump()
            }
            flushingClients.removeAll(keepingCapacity: flushingClients.count < Self.maxKeptDirty)
            swap(&flushingSessions, &dirtySessions)
            for session in flushingSessions {
                session.isDirty = false
                session.deliver()
                session.endTurn(hub)
            }
            flushingSessions.removeAll(keepingCapacity: flushingSessions.count < Self.maxKeptDirty)
        }
        madeFor = nil
        madeLarge = nil
    }

    /// What falls due; call it about once a second.
    package func tick() {
        hub.tick()
        if let drainDeadline, timers.now >= drainDeadline {
            hub.interruptAll()
            isPatient = timers.now < drainDeadline + Self.farewellMilliseconds
        }
    }

    /// Sends one message with a session's entries after `cursor`; returns the cursor after it. Made once for all tabs
    /// that stand at the same place.
    func sendMessage(of session: Session, after cursor: UInt64, to connection: any Connection) -> UInt64 {
        let next: UInt64
        if let madeFor, madeFor.session === session, madeFor.cursor == cursor {
            next = madeFor.next
        } else {
            made.removeAll()
            next = session.writeMessage(after: cursor, plan: &plan, to: &made.bytes)
            madeFor = (session, cursor, next)
            madeLarge =
                made.payloadCount > Self.messageBytes
                ? SharedMessage(prefix: [], body: SharedBytes(Array(made.bytes.dropFirst(MessageBuffer.headroom))))
                : nil
        }
        if let madeLarge { connection.send(madeLarge) } else { connection.send(&made) }
        return next
    }

    // MARK: Going away

    /// Stops taking requests, tells the clients, and calls `done` once nothing runs any more and all are being closed.
    package func drain(_ done: @escaping () -> Void) {
        guard !isDraining else { return }
        drainDeadline = timers.now + limits.drainTimeout
        drained = done
        diagnostics.record(.draining(running: hub.runningRequests))
        for client in hub.allClients { sendAway(client) }
    }

    func sendAway(_ client: Client) {
        // A new server takes some thousand connections a second: spread them.
        let spread = UInt64(min(30_000, max(2_000, hub.clientCount / 2)))
        client.enqueue(ConnectionFrame.goaway(reason: "shutdown", reconnectAfterMilliseconds: 250 + random() % spread))
    }

    /// Ends at once: what still runs fails as `interrupted`, and the tabs are told as far as their sockets take it. A node
    /// that drains is drained then.
    package func interruptAll() {
        isPatient = false
        hub.interruptAll()
        models.cancelAll()
        flush()
    }

    /// While draining: whether all tabs have all that they are due. Those that lag are waited for until the deadline, and a
    /// moment more for what that interrupts.
    private var isEverybodyServed: Bool { !isPatient || hub.allClients.allSatisfy(\.isServed) }

    private func finishDrain() {
        guard !isStopped else { return }
        isStopped = true
        models.cancelAll()
        for client in hub.allClients { client.close(.restart, reason: "shutdown") }
        drained?()
        drained = nil
    }
}
