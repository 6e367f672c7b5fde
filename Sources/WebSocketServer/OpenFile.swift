internal import Glibc

/// A regular file, open for reading. Owns its descriptor, and closes it at the end of its life.
struct OpenFile: ~Copyable {
    /// What the system says of a file.
    struct Status {
        var size: Int
        /// Of the last change, in nanoseconds since 1970.
        var time: Int64

        /// Nil where it is no regular file.
        fileprivate init?(_ status: stat) {
            guard status.st_mode & S_IFMT == S_IFREG else { return nil }
            size = Int(status.st_size)
            time = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        }

        /// Of a name in a folder, which is a descriptor; nil where no regular file is. No link is followed.
        init?(of name: String, in folder: Int32) {
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
            self.init(status)
        }
    }

    enum Failure: Error {
        case missing
        /// The process or machine has no descriptor or memory left.
        case exhausted

        init(errno code: Int32) {
            switch code {
            case EMFILE, ENFILE, ENOMEM: self = .exhausted
            default: self = .missing
            }
        }
    }

    let status: Status
    private let descriptor: Int32

    init(_ name: String, in folder: Int32) throws(Failure) {
        let descriptor = try Self.descriptor(of: name, in: folder)
        var status = stat()
        guard fstat(descriptor, &status) == 0, let status = Status(status) else {
            close(descriptor)
            throw .missing
        }
        self.status = status
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The descriptor of a name in a folder, which becomes the caller's. No link is followed.
    static func descriptor(of name: String, in folder: Int32, flags: Int32 = 0) throws(Failure) -> Int32 {
        // Not blocking: a FIFO is no regular file, but must not stop the loop until we know.
        let descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags)
        guard descriptor >= 0 else { throw Failure(errno: errno) }
        return descriptor
    }

    /// The file as it is now, if it is no longer than it was when opened; nil where reading fails or it has become shorter.
    func read() -> [UInt8]? {
        let size = status.size
        var offset = 0
        let body = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while offset < size {
                let taken = Glibc.read(descriptor, buffer.baseAddress! + offset, size - offset)
                if taken < 0, errno == EINTR { continue }
                guard taken > 0 else { break }
                offset += taken
            }
            count = offset
        }
        return offset == size ? body : nil
    }
}
