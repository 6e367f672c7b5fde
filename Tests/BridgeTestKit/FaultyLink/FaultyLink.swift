import Glibc

/// A network that fails as a test tells it to: a TCP proxy on 127.0.0.1 in front of a port, between a tab and the server or
/// between the server and its upstream.
///
/// One thread and `poll` move the bytes, in bounded buffers. A command or a change of conduct has taken effect when the call
/// returns. Every wait has a deadline. When the last reference goes, so do all connections (closed, not reset).
package final class FaultyLink: Sendable {
    private struct State {
        /// By `LinkDirection`.
        var conducts = [LinkConduct(), LinkConduct()]
        var endings: [LinkConduct.Ending] = []
        /// Changes that were asked for, and those that the thread has seen.
        var asked = 0
        var seen = 0
        var counts = Counts()
    }

    /// What has come through.
    package struct Counts: Sendable {
        package var connections = 0
        /// Connections of which the link still holds both sockets.
        package var open = 0
        /// Bytes that were passed on, of all connections.
        package var up = 0
        package var down = 0
        /// The same of the connection that came last.
        package var newestUp = 0
        package var newestDown = 0
    }

    package let port: UInt16
    private let state = Monitor(State())
    private let stopGate = Gate()
    private let bell: Bell
    private let thread: ServerThread

    /// - Parameters:
    ///   - port: of who listens on 127.0.0.1.
    ///   - socketBuffer: SO_RCVBUF and SO_SNDBUF of the link's sockets, in bytes; small ones make a stall felt soon.
    package init(to target: UInt16, socketBuffer: Int32? = nil) throws {
        let listener = try LoopbackSocket.listening(backlog: 256)
        port = listener.port
        let bell = Bell()
        self.bell = bell
        let worker = Worker(
            listener: listener.descriptor, target: target, socketBuffer: socketBuffer, state: state, bell: bell,
            stop: stopGate)
        thread = ServerThread { worker.run() }
    }

    deinit {
        stopGate.open()
        thread.join()
    }

    package var counts: Counts {
        ask { _ in }
        return state.withLock { $0.counts }
    }

    /// Waits until the counts are what is waited for.
    package func wait(seconds: Double = 10, until isReached: (Counts) -> Bool) throws {
        guard state.wait(seconds: seconds, until: { isReached($0.counts) ? () : nil }) != nil else {
            throw ViolationError("the link waited \(seconds) s in vain; it has \(state.withLock { $0.counts })")
        }
    }

    // MARK: Faults

    /// Changes how one direction, or both, are treated: connections that are open and those to come.
    package func change(_ direction: LinkDirection? = nil, _ body: (inout LinkConduct) -> Void) {
        ask { state in
            for each in LinkDirection.allCases where direction == nil || each == direction {
                body(&state.conducts[each.rawValue])
            }
        }
    }

    /// Treats everything well again that is still there.
    package func mend() { change { $0 = LinkConduct() } }

    /// Ends all connections that are open now.
    package func endAll(_ how: LinkConduct.Ending) { ask { $0.endings.append(how) } }

    private func ask(_ body: (inout State) -> Void) {
        let number = state.withLock { state in
            body(&state)
            state.asked += 1
            return state.asked
        }
        bell.ring()
        precondition(state.wait(seconds: 10) { $0.seen >= number ? () : nil } != nil, "the link's thread is stuck")
    }

    // MARK: The thread

    /// What the thread owns, and the way it goes round.
    private struct Worker: Sendable {
        let listener: Int32
        let target: UInt16
        let socketBuffer: Int32?
        let state: Monitor<State>
        let bell: Bell
        let stop: Gate

        func run() {
            defer { close(listener) }
            setBuffers(of: listener)
            var pairs: [LinkedPair] = []
            var past = (up: 0, down: 0)
            while true {
                let (conducts, orders) = takeOrders(pairs)
                for pair in pairs { pair.endWhereDue(conducts) }
                for pair in pairs where pair.isGone {
                    past.up += pair.passedBytes(.up)
                    past.down += pair.passedBytes(.down)
                }
                pairs.removeAll(where: \.isGone)
                report(pairs, past, orders)

                var watched = [stop.descriptor, bell.descriptor, listener].map {
                    pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
                }
                for pair in pairs { watched += pair.watched(conducts) }
                let due = pairs.compactMap { $0.nextDue(conducts) }.min()
                guard poll(&watched, nfds_t(watched.count), milliseconds(to: due)) >= 0 else { continue }
                if watched[0].revents != 0 { return }
                if watched[1].revents != 0 { bell.silence() }
                for (index, pair) in pairs.enumerated() {
                    pair.handle(Array(watched[(3 + 2 * index)...].prefix(2)), conducts)
                }
                if watched[2].revents != 0, let pair = accepted() { pairs.append(pair) }
            }
        }

        private func takeOrders(_ pairs: [LinkedPair]) -> (conducts: [LinkConduct], orders: Int) {
            state.withLock { state in
                for how in state.endings {
                    for pair in pairs { pair.end(how) }
                }
                state.endings = []
                return (state.conducts, state.asked)
            }
        }

        private func report(_ pairs: [LinkedPair], _ past: (up: Int, down: Int), _ orders: Int) {
            let up = past.up + pairs.reduce(0) { $0 + $1.passedBytes(.up) }
            let down = past.down + pairs.reduce(0) { $0 + $1.passedBytes(.down) }
            state.withLock { state in
                state.counts.open = pairs.count
                state.counts.up = up
                state.counts.down = down
                if let newest = pairs.last {
                    state.counts.newestUp = newest.passedBytes(.up)
                    state.counts.newestDown = newest.passedBytes(.down)
                }
                state.seen = orders
            }
        }

        private func accepted() -> LinkedPair? {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return nil }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            let server = LoopbackSocket.connecting(to: target)
            setBuffers(of: server)
            state.withLock { $0.counts.connections += 1 }
            return LinkedPair(client: client, server: server)
        }

        private func setBuffers(of descriptor: Int32) {
            guard var size = socketBuffer else { return }
            for option in [SO_RCVBUF, SO_SNDBUF] {
                setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
            }
        }

        private func milliseconds(to due: ContinuousClock.Instant?) -> Int32 {
            guard let due else { return -1 }
            let left = ContinuousClock.now.duration(to: due).components
            return Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1)
        }
    }
}
