import Glibc

/// Linux's POLLRDHUP, which Glibc's headers hide behind a feature macro.
private let peerShutDown: Int32 = 0x2000

/// A server-side socket of the scripted upstream: never blocks without watching the client's close and the stop as well.
///
/// Used by one thread, its connection's.
final class ScriptedSocket {
    /// Why a step could not be done.
    enum Interruption: Error {
        /// The client shut down or closed its end.
        case closedByClient
        /// The client, or the kernel for it, reset the connection.
        case resetByClient
        case stopped
    }

    private let descriptor: Int32
    private let stop: Gate

    init(takingOwnership descriptor: Int32, stop: Gate) {
        self.descriptor = descriptor
        self.stop = stop
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// What has arrived, at least one byte.
    func receive() throws(Interruption) -> ArraySlice<UInt8> {
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count > 0 { return bytes[..<count] }
            if count == 0 { throw .closedByClient }
            guard errno == EAGAIN || errno == EINTR else { throw .resetByClient }
            try wait(for: POLLIN)
        }
    }

    func send(_ bytes: ArraySlice<UInt8>) throws(Interruption) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN || errno == EINTR {
                try wait(for: POLLOUT | peerShutDown)
            } else {
                throw .resetByClient
            }
        }
    }

    /// Returns when the gate is open.
    func wait(at gate: Gate) throws(Interruption) {
        try wait(for: peerShutDown, gate: gate)
    }

    /// Returns never: throws when the client has closed.
    func stall() throws(Interruption) {
        while true { try wait(for: peerShutDown) }
    }

    /// Says nothing for so long: what a slow upstream does between two words.
    func rest(milliseconds: Int32) throws(Interruption) {
        try wait(for: peerShutDown, milliseconds: milliseconds)
    }

    /// Makes the coming close an RST.
    func abortOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Waits for one of `events` on the socket, for the gate where there is one, or for so long where there is an end to it.
    private func wait(for events: Int32, gate: Gate? = nil, milliseconds: Int32 = -1) throws(Interruption) {
        var watched = [
            pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(events), revents: 0),
            pollfd(fd: gate?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&watched, nfds_t(watched.count), milliseconds)
            if count == 0 { return }
            guard count > 0 else { continue }
            if watched[0].revents != 0 { throw .stopped }
            if watched[2].revents != 0 { return }
            let happened = Int32(watched[1].revents)
            if happened & POLLERR != 0 { throw .resetByClient }
            if happened & (peerShutDown | POLLHUP) != 0, events & POLLIN == 0 { throw .closedByClient }
            if happened != 0 { return }
        }
    }
}
