/// The body of a chunked HTTP response (RFC 9112 section 7.1), handed on in whole lines. Lenient: the response is our own
/// source's, passed on.
struct ChunkedBody {
    private enum State {
        /// In the status line or the header fields. → size
        case head
        /// A chunk's size, and the line feeds around it. → data
        case size
        /// So many bytes of a chunk are left. → size
        case data(Int)
    }

    private var state = State.head
    /// Raw bytes of the head or of a size that is not all there.
    private var raw: [UInt8] = []
    /// The beginning of a line whose end has not come.
    private var line: [UInt8] = []

    /// Takes the next bytes of the connection, and gives those of the body up to the last line feed.
    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, _ onLines: (UnsafeBufferPointer<UInt8>) -> Void) {
        var rest = bytes[...]
        while let first = rest.first {
            if case .data(let left) = state {
                let count = min(left, rest.count)
                line.append(contentsOf: rest.prefix(count))
                rest = rest.dropFirst(count)
                state = count == left ? .size : .data(left - count)
            } else {
                rest = rest.dropFirst()
                takeRaw(first)
            }
        }
        guard let end = line.lastIndex(of: UInt8(ascii: "\n")) else { return }
        line.withUnsafeBufferPointer { onLines(UnsafeBufferPointer(rebasing: $0[...end])) }
        line.removeFirst(end + 1)
    }

    private mutating func takeRaw(_ byte: UInt8) {
        raw.append(byte)
        guard byte == UInt8(ascii: "\n") else { return }
        if case .head = state {
            guard raw.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return }
            state = .size
        } else {
            let digits = raw.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: ";") }
            if let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size > 0 { state = .data(size) }
        }
        raw.removeAll(keepingCapacity: true)
    }
}
