/// The way in to one upstream: who is inside, who waits, and whether it is shut because it does not answer. One for each
/// upstream's name, whatever is configured under it meanwhile. Owned by the node; on the loop thread.
package final class UpstreamGate {
    package let name: String
    unowned let node: Node
    private(set) var breaker = CircuitBreaker()
    private var waiting = FairQueue<ObjectIdentifier, Generation>()
    /// Requests that are under way.
    package private(set) var inside = 0
    /// Listed by the node for the end of the turn.
    var isDirty = false

    init(name: String, node: Node) {
        self.name = name
        self.node = node
    }

    package var waitingCount: Int { waiting.count }
    var isIdle: Bool { inside == 0 && waiting.isEmpty }

    /// A place for a request: true at once, or else it is told (`takePlace`) when one is free, unless it has left by then.
    func enter(_ generation: Generation) -> Bool {
        guard waiting.isEmpty, hasPlace else {
            waiting.append(generation, of: ObjectIdentifier(generation.session))
            return false
        }
        inside += 1
        return true
    }

    /// One that was inside goes.
    func leave() {
        precondition(inside > 0, "a place was given back twice")
        inside -= 1
        if !waiting.isEmpty { node.markDirty(self) }
    }

    /// One that waits has gone.
    func stopWaiting(_ generation: Generation) {
        let wasWaiting = waiting.remove(generation, of: ObjectIdentifier(generation.session))
        precondition(wasWaiting, "a request left a line that it did not stand in")
    }

    /// Lets in who waits, as far as there are places. At the end of a turn: in the middle of it, whoever gives back a place
    /// may be one of many that go.
    func admit() {
        while hasPlace, let next = waiting.next() {
            inside += 1
            next.takePlace()
        }
    }

    /// As configured now: those who began under another limit count all the same.
    private var hasPlace: Bool {
        guard let limit = node.catalogue.target(named: name)?.maxConcurrent else { return true }
        return inside < max(1, limit)
    }

    // MARK: The breaker

    func refusal(at now: UInt64) -> UInt64? { breaker.refusal(at: now) }
    func pass(at now: UInt64) -> CircuitBreaker.Pass? { breaker.admit(at: now) }

    func take(_ verdict: CircuitBreaker.Verdict, of pass: CircuitBreaker.Pass, policy: UpstreamTarget.BreakerPolicy) {
        switch breaker.take(verdict, of: pass, policy: policy, at: node.timers.now) {
        case .none: break
        case .opened: node.diagnostics.record(.breakerOpened(upstream: name, milliseconds: policy.openFor))
        case .closed: node.diagnostics.record(.breakerClosed(upstream: name))
        }
    }
}
