import BridgeCore
import UVLoop

/// The core's clock: the loop's. On the loop thread.
final class LoopTimers: Timers {
    private let loop: UVLoop

    init(loop: UVLoop) { self.loop = loop }

    var now: UInt64 { loop.now }
    var unixMilliseconds: Int64 { loop.unixMilliseconds }

    func schedule(after delay: UInt64, _ body: @escaping () -> Void) -> any ScheduledTimer {
        let timer = loop.makeTimer()
        timer.start(after: delay, body)
        return LoopTimer(timer)
    }
}

/// One scheduled call. A timer that runs holds itself: dropping this does not cancel it.
private final class LoopTimer: ScheduledTimer {
    private let timer: UVTimer

    init(_ timer: UVTimer) { self.timer = timer }

    func cancel() { timer.close() }
}
