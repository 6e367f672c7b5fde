internal import CLibwebsockets

/// The server's one place for bytes that libwebsockets wants with room in front of them: fragments, control frames, HTTP.
/// libwebsockets is done with it when a write returns; what the socket did not take it has copied.
final class WriteBuffer {
    /// With a frame's header (at most 10 bytes) it stays within 64 KiB.
    static let capacity = 64 * 1024 - 16

    private let memory: UnsafeMutablePointer<UInt8>
    private let headroom = Int(tributary_lws_pre())

    init() {
        memory = .allocate(capacity: headroom + Self.capacity)
        memory.initialize(repeating: 0, count: headroom + Self.capacity)
    }

    deinit { memory.deallocate() }

    /// Writes `bytes`, at most `capacity` of them. False where the socket is dead.
    func write(_ bytes: [UInt8], to wsi: OpaquePointer, as kind: lws_write_protocol) -> Bool {
        write(count: bytes.count, to: wsi, as: kind) { $0.copyBytes(from: bytes) }
    }

    /// Writes `count` bytes, at most `capacity`, that `fill` puts there.
    func write(
        count: Int, to wsi: OpaquePointer, as kind: lws_write_protocol, fill: (UnsafeMutableRawBufferPointer) -> Void
    ) -> Bool {
        precondition(count <= Self.capacity)
        fill(UnsafeMutableRawBufferPointer(start: memory + headroom, count: count))
        return lws_write(wsi, memory + headroom, count, kind) >= 0
    }
}
