/// One session that tabs share, as the soak knows it.
final class SharedSession {
    let name: String
    /// Its answers are huge, so that tabs that sleep are left behind.
    let isTorrent: Bool
    /// By id, all since it began: the server may show any of them in a snapshot.
    private(set) var requests: [String: AskedRequest] = [:]
    /// The newest ids, to be aborted, replaced and sent again.
    private(set) var recent: [String] = []
    /// Nobody joins it any more; it is forgotten when all tabs have left.
    var isRetired = false
    /// Until then, ms, what is newly asked for may be hit by an abort of everything.
    private var abortedUntil: UInt64 = 0

    init(name: String, isTorrent: Bool) {
        self.name = name
        self.isTorrent = isTorrent
    }

    func add(_ request: AskedRequest, now: UInt64) {
        if now < abortedUntil { request.mayBeAborted = true }
        requests[request.id] = request
        recent.append(request.id)
        if recent.count > 16 { recent.removeFirst() }
    }

    /// Somebody is about to abort all that runs. What others ask for at the same time may come before it or after.
    func abortAll(now: UInt64) {
        abortedUntil = now + 15_000
        for request in requests.values where !request.hasEnded { request.mayBeAborted = true }
    }
}
