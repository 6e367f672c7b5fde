internal import Glibc

/// What a socket has not taken yet, in order.
struct OutgoingBytes {
    private var bytes: [UInt8] = []
    private var start = 0

    var isEmpty: Bool { start == bytes.count }
    var count: Int { bytes.count - start }

    /// Sends `new` behind what waits; keeps what the socket does not take. 0, or the errno of a broken socket.
    mutating func send(_ new: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var taken = 0
        if isEmpty {
            let (count, error) = Self.send(new, to: descriptor)
            guard error == 0 else { return error }
            taken = count
        }
        if taken < new.count { bytes.append(contentsOf: new[taken...]) }
        return 0
    }

    /// Sends what waits, as far as the socket takes it. 0, or the errno of a broken socket.
    mutating func flush(to descriptor: Int32) -> Int32 {
        guard !isEmpty else { return 0 }
        let (count, error) = bytes.withUnsafeBytes {
            Self.send(UnsafeRawBufferPointer(rebasing: $0[start...]), to: descriptor)
        }
        start += count
        if isEmpty {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 65_536)
            start = 0
        }
        return error
    }

    private static func send(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> (count: Int, error: Int32) {
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return (count, 0) }
            if errno == EAGAIN { return (0, 0) }
            if errno != EINTR { return (0, errno) }
        }
    }
}
