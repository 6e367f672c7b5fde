import BridgeCore
import UVLoop

/// The core's clock: the loop's. On the loop thread.
final class LoopTimers: Timers {
    private let loop: UVLoop
    /// What is scheduled: at the end, none of it may keep the loop from ending.
    private var pending: [ObjectIdentifier: UVTimer] = [:]
    private var isClosed = false

    init(loop: UVLoop) { self.loop = loop }

    var now: UInt64 { loop.now }
    var unixMilliseconds: Int64 { loop.unixMilliseconds }

    func schedule(after delay: UInt64, _ body: @escaping () -> Void) -> any ScheduledTimer {
        let timer = loop.makeTimer()
        let id = ObjectIdentifier(timer)
        if !isClosed {
            pending[id] = timer
            timer.start(after: delay) { [unowned self] in
                pending[id] = nil
                body()
            }
        }
        return LoopTimer(timer, owner: self)
    }

    fileprivate func cancel(_ timer: UVTimer) {
        pending[ObjectIdentifier(timer)] = nil
        timer.close()
    }

    /// Cancels everything; what is scheduled after it is never called.
    func close() {
        isClosed = true
        for timer in pending.values { timer.close() }
        pending = [:]
    }
}

/// One scheduled call. A timer that runs holds itself: dropping this does not cancel it.
private final class LoopTimer: ScheduledTimer {
    private let timer: UVTimer
    private weak var owner: LoopTimers?

    init(_ timer: UVTimer, owner: LoopTimers) {
        self.timer = timer
        self.owner = owner
    }

    func cancel() { owner?.cancel(timer) }
}
