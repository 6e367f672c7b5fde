/// The request ids a session has seen, the newest of them: what makes `chat` idempotent. Owned by its session.
package struct RequestIndex {
    private var fingerprints: [String: UInt64] = [:]
    /// In order of arrival; the first `forgotten` are gone.
    private var order: [String] = []
    private var forgotten = 0

    package init() {}

    package enum Known {
        case new, same, different
    }

    package func look(up request: String, fingerprint: UInt64) -> Known {
        guard let known = fingerprints[request] else { return .new }
        return known == fingerprint ? .same : .different
    }

    package func contains(_ request: String) -> Bool { fingerprints[request] != nil }

    package var count: Int { fingerprints.count }
    /// Bytes of memory, roughly.
    package private(set) var byteCount = 0

    package mutating func insert(_ request: String, fingerprint: UInt64, limit: Int) {
        fingerprints[request] = fingerprint
        order.append(request)
        byteCount += Self.cost(of: request)
        while fingerprints.count > max(1, limit) {
            byteCount -= Self.cost(of: order[forgotten])
            fingerprints[order[forgotten]] = nil
            order[forgotten] = ""
            forgotten += 1
        }
        if forgotten > 64, forgotten > order.count / 2 {
            order.removeFirst(forgotten)
            forgotten = 0
        }
    }

    private static func cost(of request: String) -> Int { 80 + request.utf8.count }
}
