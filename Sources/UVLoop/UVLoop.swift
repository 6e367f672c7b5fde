package import CLibuv
internal import Glibc

/// One thread's event loop.
///
/// Bound to the thread that made it: nothing here is `Sendable`, and debug builds trap where a call comes from elsewhere.
/// Other threads enter by a `Mailbox`. The loop does not own the handles made from it; each is held by whoever made it and
/// holds the loop.
package final class UVLoop {
    /// For libwebsockets' foreign loop. Valid until `close()` returned 0.
    package let pointer: UnsafeMutablePointer<uv_loop_t>

    private let thread = pthread_self()
    private var isClosed = false
    private var wallClock: (turn: UInt64, unixMilliseconds: Int64)?

    package init() throws(UVError) {
        let pointer = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
        let status = uv_loop_init(pointer)
        guard status == 0 else {
            pointer.deallocate()
            throw UVError("uv_loop_init", status)
        }
        self.pointer = pointer
    }

    /// Closes what its owner forgot to close. A loop that is still busy is leaked: freeing it under live handles is worse.
    deinit {
        if isClosed || close() == 0 { pointer.deallocate() }
    }

    /// Debug builds trap where the caller is not on the loop's thread.
    package func assertOnLoop() {
        assert(pthread_equal(thread, pthread_self()) != 0, "not on the loop's thread")
    }

    // MARK: Time

    /// Monotonic milliseconds at the start of this turn.
    package var now: UInt64 {
        assertOnLoop()
        return uv_now(pointer)
    }

    /// Unix milliseconds of this turn: one clock reading for each value of `now`.
    package var unixMilliseconds: Int64 {
        let turn = now
        if let wallClock, wallClock.turn == turn { return wallClock.unixMilliseconds }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        wallClock = (turn, milliseconds)
        return milliseconds
    }

    // MARK: Running

    /// Runs until no referenced handle is active, or until `stop()`.
    package func run() {
        assertOnLoop()
        uv_run(pointer, UV_RUN_DEFAULT)
    }

    /// One turn, which waits for an event where none is due.
    package func runOnce() {
        assertOnLoop()
        uv_run(pointer, UV_RUN_ONCE)
    }

    /// One turn of what is due now.
    package func runNoWait() {
        assertOnLoop()
        uv_run(pointer, UV_RUN_NOWAIT)
    }

    /// Ends `run()` after this turn; before a `run()`, it makes that one return at once.
    package func stop() {
        assertOnLoop()
        uv_stop(pointer)
    }

    // MARK: Handles

    package func makeTimer() -> UVTimer { UVTimer(loop: self) }

    /// Watches a descriptor that stays the caller's: close the handle first, the descriptor after it.
    package func makePoll(fileDescriptor: Int32) throws(UVError) -> UVPoll {
        try UVPoll(loop: self, fileDescriptor: fileDescriptor)
    }

    /// Calls `body` once in every turn, after its timers and right before the loop waits for sockets, which makes it the end
    /// of the turn for all that happened since the last wait. (After the wait, news made by timers would have to sit
    /// through the next one.) Does not keep the loop running. Of several, the one made last is called first.
    package func onTurnEnd(_ body: @escaping () -> Void) -> UVPrepare { UVPrepare(loop: self, body) }

    /// Calls `body` on the loop for each signal `number` that the process gets.
    package func makeSignal(_ number: Int32, _ body: @escaping () -> Void) throws(UVError) -> UVSignal {
        try UVSignal(loop: self, number: number, body)
    }

    /// The door for other threads; `capacity` is how many jobs may wait in it.
    package func makeMailbox(capacity: Int = Mailbox.defaultCapacity) throws(UVError) -> Mailbox {
        try Mailbox(loop: self, capacity: capacity)
    }

    // MARK: End

    /// Runs the closes that are under way, then closes the loop. 0, or `UV_EBUSY` where handles are still open:
    /// `openHandles` names them, and after closing them this can be called again.
    package func close() -> Int32 {
        assertOnLoop()
        guard !isClosed else { return 0 }
        var status = uv_loop_close(pointer)
        while status == UV_EBUSY.rawValue, walk().contains(where: \.isClosing) {
            uv_run(pointer, UV_RUN_NOWAIT)
            status = uv_loop_close(pointer)
        }
        isClosed = status == 0
        return status
    }

    /// What keeps `close()` from returning 0, one word or two a handle: "timer (active)".
    package var openHandles: [String] {
        guard !isClosed else { return [] }
        return walk().filter { !$0.isClosing }.map { $0.isActive ? "\($0.type) (active)" : $0.type }
    }

    private func walk() -> [OpenHandle] {
        var handles: [OpenHandle] = []
        withUnsafeMutablePointer(to: &handles) { uv_walk(pointer, handleWalked, $0) }
        return handles
    }
}

/// A handle as `uv_walk` shows it.
private struct OpenHandle {
    let type: String
    let isActive: Bool
    let isClosing: Bool

    init(_ handle: UnsafeMutablePointer<uv_handle_t>) {
        type = uv_handle_type_name(handle.pointee.type).map { String(cString: $0) } ?? "unknown"
        isActive = uv_is_active(handle) != 0
        isClosing = uv_is_closing(handle) != 0
    }
}

private func handleWalked(_ handle: UnsafeMutablePointer<uv_handle_t>?, _ list: UnsafeMutableRawPointer?) {
    guard let handle, let list else { return }
    list.assumingMemoryBound(to: [OpenHandle].self).pointee.append(OpenHandle(handle))
}
