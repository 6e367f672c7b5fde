import ByteCoding
import ChatProtocol

/// The core's half of a connection: what it has joined, and what it is owed besides log entries.
/// Created by the node when a connection opens, gone when it closes; on the loop thread.
package final class Client {
    /// Answers that may wait for a peer; above it nothing more is read from the peer until they have left.
    static let maxOutboxBytes = 256 * 1024
    /// Model lists and checks of keys that may be under way for one connection.
    static let maxQueries = 4
    /// What the commands of one connection may cost in one loop turn; the rest waits for the next, so that a message of many
    /// commands holds up nobody else. A ping costs 1 and takes about 2 µs; a chat costs `chatCost` and one more for each
    /// 4 KiB of the request that it makes.
    static let commandCostPerTurn = 256
    static let chatCost = 8

    package let id: String
    let node: Node
    let connection: any Connection
    var subscriptions: [Subscription] = []
    var outbox: [Outgoing] = []
    private var outboxBytes = 0
    /// More waits for the peer than may: its commands have to wait, too.
    var isHeld = false
    /// The tokens of a `chat` are being counted: the commands behind it have to wait.
    var isCounting = false
    private var isPaused = false
    /// Lines of commands that have come and could not be taken yet, from `inputStart` on: of one message, since nothing
    /// is read from then on (and of those that the transport had in its hands already).
    var input: [UInt8] = []
    var inputStart = 0
    /// What this turn's commands have cost so far.
    var spent = 0
    var spentInTurn: UInt64 = 0
    var resumption: (any ScheduledTimer)?
    var isWaiting = false
    /// We have closed it; the transport has not reported so yet.
    private var isClosing = false
    var isClosed = false
    /// Listed by the node for the end of the turn.
    var isDirty = false
    /// Since when nothing is joined; nil while something is.
    private(set) var idleSince: UInt64?
    var queries: [any ClientQuery] = []

    /// What waits in order for the socket. A `joined` is made when it can leave: nothing is encoded for a slow peer.
    enum Outgoing {
        case frame([UInt8])
        case joined(Subscription, id: [UInt8]?, after: Position?)
    }

    init(id: String, connection: any Connection, node: Node) {
        self.id = id
        self.connection = connection
        self.node = node
        idleSince = node.timers.now
    }

    /// Whether a frame that may as well be sent later should be.
    var canTakeMore: Bool { isOpen && outboxBytes < Self.maxOutboxBytes && connection.isWritable }

    var isOpen: Bool { !isClosed && !isClosing }

    /// It has all that it is due, and the transport has given it away.
    var isServed: Bool {
        !isOpen
            || (outbox.isEmpty && connection.isWritable
                && subscriptions.allSatisfy { $0.isLive && $0.cursor == $0.session.log.head })
    }

    // MARK: What it is owed

    /// Queues one frame for the end of the turn.
    func enqueue(_ frame: [UInt8]) {
        guard isOpen else { return }
        outbox.append(.frame(frame))
        outboxBytes += frame.count
        node.markDirty(self)
        regulate()
    }

    func regulate() {
        let most = node.limits.maxSubscriptions + 1024
        if outboxBytes > Self.maxOutboxBytes || outbox.count > most {
            isHeld = true
        } else if outboxBytes <= Self.maxOutboxBytes / 2, outbox.count <= most / 2 {
            isHeld = false
        }
        let shouldPause = isHeld || !input.isEmpty
        guard shouldPause != isPaused else { return }
        isPaused = shouldPause
        connection.pauseReading(shouldPause)
    }

    /// Sends what can be sent: queued frames first, then what the subscriptions are due. At the end of the turn.
    func pump() {
        guard isOpen else { return }
        isWaiting = false
        guard sendOutbox() else { return wait() }
        handleInput()
        // A different subscription first each time, so that a busy session does not starve its neighbours.
        if subscriptions.count > 1 { subscriptions.append(subscriptions.removeFirst()) }
        for subscription in subscriptions {
            subscription.session.tellPresence(subscription)
            guard deliver(to: subscription) else { return }
        }
        if !sendOutbox() { wait() }
    }

    /// Sends a subscription's entries until it has all (true) or the socket takes no more (false).
    func deliver(to subscription: Subscription) -> Bool {
        let session = subscription.session
        while subscription.isLive, subscription.cursor < session.log.head {
            guard isOpen else { return false }
            guard outbox.isEmpty || sendOutbox(), connection.isWritable else {
                wait()
                return false
            }
            guard session.log.holds(after: subscription.cursor) else {
                subscription.isLive = false
                outbox.append(.joined(subscription, id: nil, after: nil))
                if !sendOutbox() {
                    wait()
                    return false
                }
                continue
            }
            subscription.cursor = node.sendMessage(of: session, after: subscription.cursor, to: connection)
        }
        return true
    }

    /// Is told when there is room again, and sends then what is due.
    func wait() {
        guard isOpen, !isWaiting else { return }
        isWaiting = true
        connection.requestWritable()
    }

    /// Sends queued frames, several a message; a `joined` is a message of its own. False when the socket took not all.
    private func sendOutbox() -> Bool {
        var sent = 0
        defer {
            outbox.removeFirst(sent)
            regulate()
        }
        while sent < outbox.count {
            guard connection.isWritable else { return false }
            if case .joined(let subscription, let id, let after) = outbox[sent] {
                sent += 1
                sendJoined(subscription, id: id, after: after)
                continue
            }
            if case .frame(let frame) = outbox[sent], frame.count > Node.messageBytes {
                sent += 1
                outboxBytes -= frame.count
                connection.send(SharedMessage(prefix: [], body: SharedBytes(frame)))
                continue
            }
            var message = node.takeMessage()
            while sent < outbox.count, case .frame(let frame) = outbox[sent],
                message.payloadCount + frame.count < Node.messageBytes || message.isEmpty
            {
                if !message.isEmpty { message.bytes.append(UInt8(ascii: "\n")) }
                message.bytes.append(span: frame.span)
                outboxBytes -= frame.count
                sent += 1
            }
            connection.send(&message)
            node.returnMessage(&message)
        }
        return true
    }

    /// Answers a `join`, and from here on the subscription is live: what was missed if the log still has all of it, else
    /// a snapshot.
    private func sendJoined(_ subscription: Subscription, id: [UInt8]?, after: Position?) {
        let session = subscription.session
        subscription.isLive = subscriptions.contains { $0 === subscription }
        subscription.knownTabs = session.tabs
        subscription.knownAnnouncement = session.announcement
        if let after, after.epoch == session.log.epoch, session.log.holds(after: after.seq) {
            subscription.cursor = after.seq
            let frame = ConnectionFrame.joined(
                id: id, session: session.id, position: session.log.position, recovered: true, tabs: session.tabs)
            return send(frame.finish())
        }
        let snapshot = session.currentSnapshot()
        subscription.cursor = snapshot.seq
        var frame = ConnectionFrame.joined(
            id: id, session: session.id, position: Position(epoch: session.log.epoch, seq: snapshot.seq),
            recovered: false, tabs: session.tabs)
        frame.field("snapshot", json: [])
        if frame.bytes.count + snapshot.tail.bytes.count > Node.messageBytes {
            connection.send(SharedMessage(prefix: frame.bytes, body: snapshot.tail))
        } else {
            send(frame.bytes + snapshot.tail.bytes)
        }
    }

    private func send(_ frame: [UInt8]) {
        var message = node.takeMessage()
        message.bytes.append(span: frame.span)
        connection.send(&message)
        node.returnMessage(&message)
    }

    // MARK: Subscriptions

    func subscription(to session: Session) -> Subscription? {
        subscriptions.first { $0.session === session }
    }

    /// Joins, or starts again where it had joined already.
    func join(_ session: Session, id: [UInt8]?, after: Position?) {
        let subscription: Subscription
        if let known = self.subscription(to: session) {
            subscription = known
        } else {
            subscription = Subscription(session: session, client: self)
            subscriptions.append(subscription)
            idleSince = nil
            session.add(subscription)
        }
        subscription.isLive = false
        outbox.append(.joined(subscription, id: id, after: after))
        node.markDirty(self)
        regulate()
    }

    func leave(_ session: Session) {
        guard let index = subscriptions.firstIndex(where: { $0.session === session }) else { return }
        let subscription = subscriptions.remove(at: index)
        if subscriptions.isEmpty {
            idleSince = node.timers.now
        }
        session.remove(subscription)
    }

    // MARK: What upstreams are asked for it

    func start(_ query: any ClientQuery) throws(CommandError) {
        guard queries.count < Self.maxQueries else {
            throw CommandError(
                .tooManyRequests, "\(Self.maxQueries) questions to upstreams are under way on this connection already.")
        }
        queries.append(query)
    }

    func queryEnded(_ query: any ClientQuery, frame: [UInt8]) {
        queries.removeAll { $0 === query }
        enqueue(frame)
    }

    func close(_ code: CloseCode, reason: String) {
        guard isOpen else { return }
        isClosing = true
        forgetInput()
        node.diagnostics.record(.connectionClosing(connection: id, code: code))
        connection.close(code, reason: reason)
    }
}
