internal import CLibwebsockets

/// A large HTTP body on its way, pulled as the socket takes it. Held by the `wsi`'s user pointer.
final class BodyTransfer {
    let keepsAlive: Bool
    private let body: [UInt8]
    private var offset = 0

    init(_ body: [UInt8], keepsAlive: Bool) {
        self.body = body
        self.keepsAlive = keepsAlive
    }

    var isDone: Bool { offset == body.count }

    /// False where the socket is dead.
    func sendNext(to wsi: OpaquePointer, through buffer: WriteBuffer) -> Bool {
        let end = min(body.count, offset + WriteBuffer.capacity)
        defer { offset = end }
        return buffer.write(count: end - offset, to: wsi, as: LWS_WRITE_HTTP) { $0.copyBytes(from: body[offset..<end]) }
    }
}
