internal import CLibuv
internal import Glibc

/// Watches one signal number of the process; its default action is off meanwhile. Keeps the loop running until it is
/// closed or let go of.
package final class UVSignal {
    private let loop: UVLoop
    private var memory: HandleMemory<uv_signal_t>
    private var body: (() -> Void)?

    init(loop: UVLoop, number: Int32, _ body: @escaping () -> Void) throws(UVError) {
        loop.assertOnLoop()
        self.loop = loop
        memory = try HandleMemory("uv_signal_init") { uv_signal_init(loop.pointer, $0) }
        memory.setOwner(Unmanaged.passUnretained(self).toOpaque())
        try UVError.check("uv_signal_start", uv_signal_start(memory.pointer, signalArrived, number))
        Self.unblock(number)
        self.body = body
    }

    deinit { memory.close() }

    /// A process inherits its starter's mask, and a starter that is a thread pool's thread blocks nearly everything: the
    /// signal would wait for ever.
    private static func unblock(_ number: Int32) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// After this the body is neither called nor held, and the signal's default action is back. The second time does
    /// nothing.
    package func close() {
        loop.assertOnLoop()
        body = nil
        memory.close()
    }

    fileprivate func arrive() {
        guard let body else { return }
        body()
    }
}

private func signalArrived(_ handle: UnsafeMutablePointer<uv_signal_t>?, _ number: Int32) {
    guard let owner = handle?.pointee.data else { return }
    let signal = Unmanaged<UVSignal>.fromOpaque(owner).takeUnretainedValue()
    signal.arrive()
}
