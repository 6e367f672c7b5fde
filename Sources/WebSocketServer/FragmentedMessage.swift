internal import BridgeCore

/// A `SharedMessage` on its way, in fragments that each fill the write buffer (RFC 6455 section 5.4).
///
/// Each fragment is copied into the server's one write buffer, so the shared bytes stay untouched. A copy of 64 KiB in the
/// cache costs about a tenth of sending it, no memory per connection, and no trick with somebody else's bytes.
struct FragmentedMessage {
    private let message: SharedMessage
    private var offset = 0

    init(_ message: SharedMessage) { self.message = message }

    var isFirst: Bool { offset == 0 }
    /// Size of the next fragment.
    var nextCount: Int { min(message.count - offset, WriteBuffer.capacity) }
    /// True where the next fragment ends the message.
    var isLast: Bool { message.count - offset <= WriteBuffer.capacity }

    /// Copies the next fragment to `destination`, which has room for just that, and moves on.
    mutating func take(into destination: UnsafeMutableRawBufferPointer) {
        let end = offset + destination.count
        let prefix = message.prefix
        let fromPrefix = max(0, min(end, prefix.count) - offset)
        if fromPrefix > 0 { destination.copyBytes(from: prefix[offset..<(offset + fromPrefix)]) }
        if fromPrefix < destination.count {
            let start = offset + fromPrefix - prefix.count
            UnsafeMutableRawBufferPointer(rebasing: destination[fromPrefix...])
                .copyBytes(from: message.body.bytes[start..<(end - prefix.count)])
        }
        offset = end
    }
}
