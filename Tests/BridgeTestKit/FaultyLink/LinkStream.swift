import Glibc

/// One direction of one connection: what was read and has not gone on yet. On the link's thread.
struct LinkStream {
    /// Nothing more is read above this.
    static let maxHeldBytes = 256 * 1024

    /// A socket that failed: the connection was reset.
    struct Broken: Error {}

    /// Bytes that went on.
    private(set) var passedBytes = 0
    private var held: [(bytes: ArraySlice<UInt8>, due: ContinuousClock.Instant)] = []
    private var heldBytes = 0
    /// When the source's end is to be passed on, after what is held; nil while it has not ended.
    private var endDue: ContinuousClock.Instant?
    private(set) var hasPassedEnd = false

    var hasSourceEnded: Bool { endDue != nil }

    /// How many bytes may still go before the connection's end; nil where there is none.
    private func room(_ conduct: LinkConduct) -> Int? { conduct.ending.map { max(0, $0.afterBytes - passedBytes) } }

    /// The end that is due.
    func ending(_ conduct: LinkConduct) -> LinkConduct.Ending? { room(conduct) == 0 ? conduct.ending?.how : nil }

    func wantsToRead(_ conduct: LinkConduct) -> Bool {
        !hasSourceEnded && heldBytes < Self.maxHeldBytes && conduct.flow != .stalls
    }

    /// When it has something to write; nil while it has not.
    func writesAt(_ conduct: LinkConduct) -> ContinuousClock.Instant? {
        guard conduct.flow == .forwards else { return nil }
        if let first = held.first { return first.due }
        return hasPassedEnd ? nil : endDue
    }

    /// Takes what has come, once.
    mutating func read(from descriptor: Int32, _ conduct: LinkConduct) throws(Broken) {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count > 0 {
            guard conduct.flow != .swallows else { return }
            held.append((bytes[..<count], .now + .milliseconds(conduct.delay)))
            heldBytes += count
        } else if count == 0 {
            endDue = .now + .milliseconds(conduct.delay)
        } else if errno != EAGAIN, errno != EINTR {
            throw Broken()
        }
    }

    /// Passes on what is due: a piece, or all that the socket takes; and at last the end.
    mutating func write(to descriptor: Int32, _ conduct: LinkConduct) throws(Broken) {
        let now = ContinuousClock.now
        while let first = held.first, first.due <= now {
            let most = min(conduct.pieceBytes, room(conduct) ?? .max, first.bytes.count)
            guard most > 0 else { return }
            let count = first.bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress, most, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            }
            guard count > 0 else {
                if errno == EAGAIN || errno == EINTR { return }
                throw Broken()
            }
            passedBytes += count
            heldBytes -= count
            held[0].bytes = first.bytes.dropFirst(count)
            if held[0].bytes.isEmpty { held.removeFirst() }
            // One piece a turn: the peer may read it before the next one comes.
            if conduct.pieceBytes < .max { return }
        }
        if let endDue, endDue <= now, !hasPassedEnd, held.isEmpty {
            shutdown(descriptor, Int32(SHUT_WR))
            hasPassedEnd = true
        }
    }

    /// Forgets what is held: none of it is to go on.
    mutating func swallow() {
        held = []
        heldBytes = 0
    }
}
