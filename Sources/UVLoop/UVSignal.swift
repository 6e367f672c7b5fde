internal import CLibuv

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
        self.body = body
    }

    deinit { memory.close() }

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
