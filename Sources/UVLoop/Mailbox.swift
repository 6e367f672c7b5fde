internal import CLibuv
internal import Synchronization

/// The one door by which other threads enter the loop: they leave jobs, which run on the loop in the order they came.
///
/// The loop holds the mailbox, and runs, until `close()`.
package final class Mailbox: Sendable {
    package typealias Job = @Sendable () -> Void

    /// More waiting jobs than this say that the loop is stuck: senders are told, memory does not grow.
    package static let defaultCapacity = 65_536

    private struct State {
        /// Nil once closed.
        var bell: Bell?
        var jobs: [Job] = []
    }

    /// The handle that wakes the loop. `uv_async_send` is the one libuv call that any thread may make, and it is made under
    /// the lock, so that none comes after the close; that is why the memory may be shared.
    private struct Bell: @unchecked Sendable {
        var memory: HandleMemory<uv_async_t>
    }

    private let capacity: Int
    private let state: Mutex<State>

    init(loop: UVLoop, capacity: Int) throws(UVError) {
        loop.assertOnLoop()
        let memory = try HandleMemory<uv_async_t>("uv_async_init") { uv_async_init(loop.pointer, $0, mailArrived) }
        self.capacity = capacity
        state = Mutex(State(bell: Bell(memory: memory)))
        memory.setOwner(Unmanaged.passRetained(self).toOpaque())
    }

    /// From any thread: has `job` called on the loop, never from within this call. False where it will not be called: the
    /// mailbox is closed or full. What is waiting at `close()` is not called either.
    @discardableResult
    package func send(_ job: @escaping Job) -> Bool {
        state.withLock { state in
            guard let bell = state.bell, state.jobs.count < capacity else { return false }
            state.jobs.append(job)
            if state.jobs.count == 1 { uv_async_send(bell.memory.pointer) }
            return true
        }
    }

    /// On the loop only. The second time does nothing.
    package func close() {
        // The jobs are released after the lock: what they hold may send in its deinit.
        let left = state.withLock { state in
            defer { state = State(bell: nil) }
            state.bell?.memory.close()
            return (wasOpen: state.bell != nil, jobs: state.jobs)
        }
        if left.wasOpen { Unmanaged.passUnretained(self).release() }
    }

    fileprivate func deliver() {
        let jobs = state.withLock { state in
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in jobs where isOpen { job() }
    }

    /// A job may close the mailbox: those behind it are not called then.
    private var isOpen: Bool { state.withLock { $0.bell != nil } }
}

private func mailArrived(_ handle: UnsafeMutablePointer<uv_async_t>?) {
    guard let owner = handle?.pointee.data else { return }
    let mailbox = Unmanaged<Mailbox>.fromOpaque(owner).takeUnretainedValue()
    mailbox.deliver()
}
