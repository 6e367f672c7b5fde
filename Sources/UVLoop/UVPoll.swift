internal import CLibuv

/// Watches one file descriptor, which it does not own. Close it before the descriptor is closed: an epoll set that holds a
/// dead, then reused descriptor reports somebody else's events.
package final class UVPoll {
    /// What to watch for, and what happened.
    package struct Events: OptionSet, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        package static let readable = Events(rawValue: Int32(UV_READABLE.rawValue))
        package static let writable = Events(rawValue: Int32(UV_WRITABLE.rawValue))
        /// The peer has shut down its sending side.
        package static let disconnect = Events(rawValue: Int32(UV_DISCONNECT.rawValue))
    }

    private let loop: UVLoop
    private var memory: HandleMemory<uv_poll_t>
    private var body: ((_ status: Int32, _ events: Events) -> Void)?

    init(loop: UVLoop, fileDescriptor: Int32) throws(UVError) {
        loop.assertOnLoop()
        self.loop = loop
        memory = try HandleMemory("uv_poll_init") { uv_poll_init(loop.pointer, $0, fileDescriptor) }
        memory.setOwner(Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { memory.close() }

    /// Calls `body` on the loop whenever one of `events` is there (level-triggered), with status 0; or with a negative
    /// libuv status and no events where the descriptor cannot be watched. Called again, it replaces events and body.
    package func start(_ events: Events, _ body: @escaping (_ status: Int32, _ events: Events) -> Void) {
        loop.assertOnLoop()
        guard let pointer = memory.pointer else { return }
        self.body = body
        uv_poll_start(pointer, events.rawValue, pollReported)
    }

    /// Watches nothing, lets go of the body, and can be started again.
    package func stop() {
        loop.assertOnLoop()
        guard let pointer = memory.pointer else { return }
        uv_poll_stop(pointer)
        body = nil
    }

    /// Stops for good; the descriptor may be closed as soon as this returns. The second time does nothing.
    package func close() {
        stop()
        memory.close()
    }

    fileprivate func report(status: Int32, events: Events) {
        guard let body else { return }
        body(status, events)
    }
}

private func pollReported(_ handle: UnsafeMutablePointer<uv_poll_t>?, status: Int32, events: Int32) {
    guard let owner = handle?.pointee.data else { return }
    let poll = Unmanaged<UVPoll>.fromOpaque(owner).takeUnretainedValue()
    poll.report(status: status, events: UVPoll.Events(rawValue: events))
}
