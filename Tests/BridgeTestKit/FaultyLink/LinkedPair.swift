import Glibc

/// One connection through the link: a socket to who connected, one to who listens. On the link's thread.
final class LinkedPair {
    private enum State {
        /// Bytes go through. To every other state.
        case open
        /// Both ends have been told that it is over; what they still say is thrown away until they end, too. To gone.
        case ending
        /// Half-open: what both say is thrown away. To gone when the link stops.
        case silent
        /// Both sockets are closed.
        case gone
    }

    /// By `LinkDirection`: where its bytes come from. The other one is where they go.
    private let sources: [Int32]
    private var streams = [LinkStream(), LinkStream()]
    private var hasEnded = [false, false]
    private var state = State.open

    /// - Parameters:
    ///   - client: who connected, accepted.
    ///   - server: under way to who listens, or there.
    init(client: Int32, server: Int32) {
        sources = [client, server]
        var on: Int32 = 1
        for descriptor in sources {
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    deinit { close() }

    var isGone: Bool { state == .gone }
    func passedBytes(_ direction: LinkDirection) -> Int { streams[direction.rawValue].passedBytes }

    // MARK: What it waits for

    /// Two entries for `poll`, in the order of `LinkDirection`.
    func watched(_ conducts: [LinkConduct]) -> [pollfd] {
        let now = ContinuousClock.now
        return (0...1).map { index in
            var events = 0
            let own = conducts[index]
            let other = conducts[1 - index]
            switch state {
            case .open:
                if streams[index].wantsToRead(own) { events |= Int(POLLIN) }
                // This socket takes what came from the other one.
                if let due = streams[1 - index].writesAt(other), due <= now { events |= Int(POLLOUT) }
            case .ending, .silent:
                if !hasEnded[index] { events |= Int(POLLIN) }
            case .gone: break
            }
            // A negative descriptor is not looked at: one that has hung up would be reported for ever.
            return pollfd(fd: events == 0 ? -1 : sources[index], events: Int16(events), revents: 0)
        }
    }

    /// When it will have something to write that is held back now.
    func nextDue(_ conducts: [LinkConduct]) -> ContinuousClock.Instant? {
        guard state == .open else { return nil }
        return (0...1).compactMap { streams[$0].writesAt(conducts[$0]) }.filter { $0 > .now }.min()
    }

    // MARK: What happens to it

    /// What `poll` has found.
    func handle(_ found: [pollfd], _ conducts: [LinkConduct]) {
        do throws(LinkStream.Broken) {
            for index in 0...1 {
                let happened = Int32(found[index].revents)
                guard happened != 0 else { continue }
                guard state == .open else {
                    drain(index)
                    continue
                }
                if happened & (POLLIN | POLLHUP | POLLERR) != 0, streams[index].wantsToRead(conducts[index]) {
                    try streams[index].read(from: sources[index], conducts[index])
                }
                if happened & (POLLOUT | POLLHUP | POLLERR) != 0 {
                    try streams[1 - index].write(to: sources[index], conducts[1 - index])
                }
            }
        } catch {
            // A reset that is swallowed is not passed on either.
            end(conducts.contains { $0.flow == .swallows } ? .silence : .reset)
        }
        if state == .open { endWhereDue(conducts) }
    }

    /// Ends it where its conduct says so, or where both ends have said all.
    func endWhereDue(_ conducts: [LinkConduct]) {
        guard state == .open else { return }
        for index in 0...1 {
            if let how = streams[index].ending(conducts[index]) { return end(how) }
        }
        if streams.allSatisfy(\.hasPassedEnd) { close() }
    }

    func end(_ how: LinkConduct.Ending) {
        guard state != .gone else { return }
        for index in 0...1 { streams[index].swallow() }
        switch how {
        case .cut:
            // Not closed yet: a socket that is closed with bytes unread sends RST, which would overtake what was passed on.
            for descriptor in sources { shutdown(descriptor, Int32(SHUT_WR)) }
            hasEnded = streams.map(\.hasSourceEnded)
            state = .ending
            if hasEnded == [true, true] { close() }
        case .reset:
            var option = linger(l_onoff: 1, l_linger: 0)
            for descriptor in sources {
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            }
            close()
        case .silence:
            hasEnded = streams.map(\.hasSourceEnded)
            state = .silent
        }
    }

    /// Reads and throws away.
    private func drain(_ index: Int) {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(sources[index], &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) else { return }
        hasEnded[index] = true
        if state == .ending, hasEnded == [true, true] { close() }
    }

    func close() {
        guard state != .gone else { return }
        state = .gone
        for descriptor in sources { Glibc.close(descriptor) }
    }
}
