import Foundation

/// State that several threads change and wait for.
///
/// `@unchecked`: the value is touched under the condition's lock only.
package final class Monitor<State>: @unchecked Sendable {
    private let condition = NSCondition()
    private var state: State

    package init(_ state: sending State) {
        self.state = state
    }

    /// Every change wakes those who wait.
    @discardableResult
    package func withLock<R>(_ body: (inout State) -> R) -> R {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return body(&state)
    }

    /// Blocks this thread until `body` finds what it looks for; nil where it has not after `seconds`.
    package func wait<R>(seconds: Double, until body: (State) -> R?) -> R? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let found = body(state) { return found }
            guard condition.wait(until: deadline) else { return body(state) }
        }
    }
}
