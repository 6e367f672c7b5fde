package import BridgeCore

/// A clock that stands still until a test moves it.
package final class ManualTimers: Timers {
    package private(set) var now: UInt64 = 1_000_000
    package var unixMilliseconds: Int64 { 1_700_000_000_000 + Int64(now) }
    private var timers: [ManualTimer] = []
    private var nextOrder = 0

    package init() {}

    /// Timers that will fire.
    package var pendingCount: Int { timers.count { $0.body != nil } }

    package func schedule(after delay: UInt64, _ body: @escaping () -> Void) -> any ScheduledTimer {
        let timer = ManualTimer(deadline: now + delay, order: nextOrder, body: body)
        nextOrder += 1
        timers.append(timer)
        return timer
    }

    /// Moves the clock, calling what falls due on the way, in order.
    package func advance(by milliseconds: UInt64) {
        let end = now + milliseconds
        while true {
            timers.removeAll { $0.body == nil }
            let due = timers.filter { $0.deadline <= end }.min { ($0.deadline, $0.order) < ($1.deadline, $1.order) }
            guard let due else { break }
            now = max(now, due.deadline)
            let body = due.body
            due.cancel()
            body?()
        }
        now = end
    }
}

final class ManualTimer: ScheduledTimer {
    let deadline: UInt64
    let order: Int
    private(set) var body: (() -> Void)?

    init(deadline: UInt64, order: Int, body: @escaping () -> Void) {
        self.deadline = deadline
        self.order = order
        self.body = body
    }

    func cancel() { body = nil }
}
