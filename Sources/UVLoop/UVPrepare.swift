internal import CLibuv

/// Something to do at the end of every loop turn; `UVLoop.onTurnEnd` says when that is. Runs until it is closed or let go of.
package final class UVPrepare {
    private let loop: UVLoop
    private var memory: HandleMemory<uv_prepare_t>
    private var body: (() -> Void)?

    init(loop: UVLoop, _ body: @escaping () -> Void) {
        loop.assertOnLoop()
        self.loop = loop
        self.body = body
        do {
            memory = try HandleMemory("uv_prepare_init") { uv_prepare_init(loop.pointer, $0) }
        } catch {
            // libuv documents no way for this to fail.
            preconditionFailure("\(error)")
        }
        memory.setOwner(Unmanaged.passUnretained(self).toOpaque())
        memory.unreference()
        uv_prepare_start(memory.pointer, turnEnded)
    }

    deinit { memory.close() }

    /// After this the body is neither called nor held. Allowed from within the body; the second time does nothing.
    package func close() {
        loop.assertOnLoop()
        body = nil
        memory.close()
    }

    fileprivate func endTurn() {
        guard let body else { return }
        body()
    }
}

private func turnEnded(_ handle: UnsafeMutablePointer<uv_prepare_t>?) {
    guard let owner = handle?.pointee.data else { return }
    let prepare = Unmanaged<UVPrepare>.fromOpaque(owner).takeUnretainedValue()
    prepare.endTurn()
}
