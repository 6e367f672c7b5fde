internal import CLibuv

/// A timer that may be started again and again: no allocation in a restart but what the caller's closure needs.
///
/// While it runs it holds itself and its body, so that a one-shot timer need not be kept by anybody. At rest it is held by
/// its owner alone, and closes when that lets go.
package final class UVTimer {
    private let loop: UVLoop
    private var memory: HandleMemory<uv_timer_t>
    private var body: (() -> Void)?
    /// True from `start` to `stop`, or to the call of a one-shot's body; the timer owns a reference to itself meanwhile.
    package private(set) var isRunning = false

    init(loop: UVLoop) {
        loop.assertOnLoop()
        self.loop = loop
        do {
            memory = try HandleMemory("uv_timer_init") { uv_timer_init(loop.pointer, $0) }
        } catch {
            // libuv documents no way for this to fail.
            preconditionFailure("\(error)")
        }
        memory.setOwner(Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { memory.close() }

    /// Calls `body` on the loop, `delay` milliseconds from this turn's `now` at the earliest, and every `interval`
    /// milliseconds after that where it is not 0. A running timer starts anew. A delay of 0 means the next turn: never from
    /// within this call. After `close()` it does nothing.
    package func start(after delay: UInt64, repeat interval: UInt64 = 0, _ body: @escaping () -> Void) {
        loop.assertOnLoop()
        guard let pointer = memory.pointer else { return }
        uv_timer_start(pointer, timerFired, delay, interval)
        self.body = body
        guard !isRunning else { return }
        isRunning = true
        _ = Unmanaged.passRetained(self)
    }

    /// After this the body is neither called nor held. Allowed at any time, from within the body too.
    package func stop() {
        loop.assertOnLoop()
        guard isRunning, let pointer = memory.pointer else { return }
        uv_timer_stop(pointer)
        rest()
    }

    /// Stops for good. The second time does nothing.
    package func close() {
        stop()
        memory.close()
    }

    fileprivate func fire() {
        guard let pointer = memory.pointer, let body else { return }
        if uv_timer_get_repeat(pointer) == 0 { rest() }
        body()
    }

    /// Gives up the body and the reference to itself.
    private func rest() {
        isRunning = false
        body = nil
        Unmanaged.passUnretained(self).release()
    }
}

private func timerFired(_ handle: UnsafeMutablePointer<uv_timer_t>?) {
    guard let owner = handle?.pointee.data else { return }
    let timer = Unmanaged<UVTimer>.fromOpaque(owner).takeUnretainedValue()
    timer.fire()
}
