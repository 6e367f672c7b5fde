import Glibc

/// A small file that is read whole: a configuration, or a key.
struct FileText {
    var bytes: [UInt8]
    /// Every user of the machine may read it.
    var isWorldReadable: Bool

    /// Why a file cannot be read, in words that follow "the file".
    struct Failure: Error {
        var reason: String
    }

    /// Only regular files: anything else could block, or never end.
    init(path: String, maxBytes: Int) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(errno) }
        defer { close(descriptor) }
        var about = stat()
        guard fstat(descriptor, &about) == 0 else { throw Self.failure(errno) }
        guard about.st_mode & S_IFMT == S_IFREG else { throw Failure(reason: "is not a regular file") }
        isWorldReadable = about.st_mode & S_IROTH != 0
        bytes = []
        var piece = [UInt8](repeating: 0, count: 4096)
        defer { for index in piece.indices { piece[index] = 0 } }
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure(errno)
            }
            if count == 0 { return }
            guard bytes.count + count <= maxBytes else { throw Failure(reason: "is longer than \(maxBytes) bytes") }
            bytes += piece[..<count]
        }
    }

    private static func failure(_ number: Int32) -> Failure {
        Failure(reason: "cannot be read: \(String(cString: strerror(number)))")
    }
}
