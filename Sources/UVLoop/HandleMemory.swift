internal import CLibuv

/// The memory of one C handle: allocated here, given back by libuv's close callback and by nothing else.
///
/// Between `close()` and that callback (the end of the loop turn) libuv still uses the memory although its Swift owner may
/// be gone; that is why it does not live inside the owner.
struct HandleMemory<Handle> {
    /// Nil once closed.
    private(set) var pointer: UnsafeMutablePointer<Handle>?

    /// `open` is the handle's `uv_…_init`. Where it fails, libuv does not know the handle and the memory goes at once.
    init(_ operation: String, open: (UnsafeMutablePointer<Handle>) -> Int32) throws(UVError) {
        let pointer = UnsafeMutablePointer<Handle>.allocate(capacity: 1)
        let status = open(pointer)
        guard status == 0 else {
            pointer.deallocate()
            throw UVError(operation, status)
        }
        self.pointer = pointer
        setOwner(nil)
    }

    /// What the handle's callbacks find in `data`.
    func setOwner(_ owner: UnsafeMutableRawPointer?) {
        withGeneric { $0.pointee.data = owner }
    }

    /// An unreferenced handle does not keep the loop running.
    func unreference() {
        withGeneric { uv_unref($0) }
    }

    /// Ends the handle: none of its callbacks comes after this. The second time does nothing.
    mutating func close() {
        withGeneric { uv_close($0, handleClosed) }
        pointer = nil
    }

    private func withGeneric(_ body: (UnsafeMutablePointer<uv_handle_t>) -> Void) {
        guard let pointer else { return }
        body(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: uv_handle_t.self))
    }
}

/// libuv's last word about a handle. The owner may be gone: only the memory is left.
private func handleClosed(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    UnsafeMutableRawPointer(handle)?.deallocate()
}
