import Glibc
import Testing

/// Two connected sockets; what is still open closes with the pair.
final class SocketPair {
    private(set) var near: Int32 = -1
    private(set) var far: Int32 = -1

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        (near, far) = (ends[0], ends[1])
    }

    deinit {
        if near >= 0 { Glibc.close(near) }
        if far >= 0 { Glibc.close(far) }
    }

    func closeNear() { Glibc.close(near); near = -1 }
    func closeFar() { Glibc.close(far); far = -1 }

    func write(_ text: String) { _ = Glibc.write(far, text, text.utf8.count) }

    func read() -> Int {
        var bytes = [UInt8](repeating: 0, count: 64)
        return Glibc.read(near, &bytes, bytes.count)
    }
}
