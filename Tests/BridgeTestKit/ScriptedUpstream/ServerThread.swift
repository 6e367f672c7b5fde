import Glibc

/// A thread that is joined by who started it.
package final class ServerThread: Sendable {
    private let handle: pthread_t

    package init(_ body: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        let box = Unmanaged.passRetained(Body(body)).toOpaque()
        let status = pthread_create(&handle, nil, threadStarted, box)
        precondition(status == 0, "no threads left")
        self.handle = handle
    }

    /// Waits for its end. Once, and not from the thread itself.
    package func join() { pthread_join(handle, nil) }

    fileprivate final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

private func threadStarted(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let box else { return nil }
    Unmanaged<ServerThread.Body>.fromOpaque(box).takeRetainedValue().run()
    return nil
}
