internal import CLibcurl
internal import CLibuv
internal import Glibc
internal import UVLoop

/// The sockets that curl wants to hear of, each with its poll handle, by descriptor.
///
/// curl says when to begin and when to stop, but not always before it closes: a socket whose connect has not succeeded is
/// closed without a word, and the next one gets its number. curl then believes that it is watched already. So a number
/// that is opened again is watched anew, and nothing is kept beyond REMOVE.
struct SocketTable {
    private struct Watched {
        let poll: UVPoll
        let body: (Int32, UVPoll.Events) -> Void
        var events: UVPoll.Events
    }

    private let loop: UVLoop
    /// Indexed by descriptor.
    private var sockets: [Watched?] = []

    init(loop: UVLoop) {
        self.loop = loop
    }

    /// Watches `descriptor` for `events`; `report` is made only where it was not watched before.
    mutating func watch(
        _ descriptor: Int32, for events: UVPoll.Events, report: () -> (Int32, UVPoll.Events) -> Void
    ) throws(UVError) {
        let index = Int(descriptor)
        while sockets.count <= index { sockets.append(nil) }
        if let watched = sockets[index] {
            sockets[index]?.events = events
            watched.poll.start(events, watched.body)
        } else {
            let watched = Watched(poll: try loop.makePoll(fileDescriptor: descriptor), body: report(), events: events)
            sockets[index] = watched
            watched.poll.start(events, watched.body)
        }
    }

    /// Stops watching; what follows for the descriptor is curl's business.
    mutating func remove(_ descriptor: Int32) {
        take(descriptor)?.poll.close()
    }

    /// A socket was opened. Where its number is in the table, the former socket was closed behind our back: epoll has
    /// forgotten the number, curl has not.
    mutating func opened(_ descriptor: Int32) throws(UVError) {
        guard let former = take(descriptor) else { return }
        former.poll.close()
        try watch(descriptor, for: former.events) { former.body }
    }

    mutating func removeAll() {
        for descriptor in sockets.indices { remove(Int32(descriptor)) }
    }

    private mutating func take(_ descriptor: Int32) -> Watched? {
        let index = Int(descriptor)
        guard sockets.indices.contains(index) else { return nil }
        defer { sockets[index] = nil }
        return sockets[index]
    }
}

extension UVPoll.Events {
    /// What curl asks to be told of, `CURL_POLL_…`.
    init(curlPoll what: Int32) {
        self = []
        if what & CURL_POLL_IN != 0 { insert(.readable) }
        if what & CURL_POLL_OUT != 0 { insert(.writable) }
    }

    /// What curl is told, `CURL_CSELECT_…`.
    func curlSelect(status: Int32) -> Int32 {
        var mask: Int32 = status < 0 ? CURL_CSELECT_ERR : 0
        if contains(.readable) { mask |= CURL_CSELECT_IN }
        if contains(.writable) { mask |= CURL_CSELECT_OUT }
        return mask
    }
}
