/// The request ids a session has seen, the newest of them: what makes `chat` idempotent. Owned by its session.
struct RequestIndex {
    private var fingerprints: [String: UInt64] = [:]
    /// In order of arrival; the first `forgotten` are gone.
    private var order: [String] = []
    private var forgotten = 0

    enum Known {
        case new, same, different
    }

    func look(up request: String, fingerprint: UInt64) -> Known {
        guard let known = fingerprints[request] else { return .new }
        return known == fingerprint ? .same : .different
    }

    func contains(_ request: String) -> Bool { fingerprints[request] != nil }

    var count: Int { fingerprints.count }
    /// Bytes of memory, roughly.
    var byteCount: Int { fingerprints.count * 80 }

    mutating func insert(_ request: String, fingerprint: UInt64, limit: Int) {
        fingerprints[request] = fingerprint
        order.append(request)
        while fingerprints.count > max(1, limit) {
            fingerprints[order[forgotten]] = nil
            order[forgotten] = ""
            forgotten += 1
        }
        if forgotten > 64, forgotten > order.count / 2 {
            order.removeFirst(forgotten)
            forgotten = 0
        }
    }
}
