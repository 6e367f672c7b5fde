internal import Glibc

/// The folder of files that are served. Read from the disk for each request, so that an edit shows on reload: a `stat`
/// answers most of them, and the kernel has the pages of the others.
///
/// Nothing outside of the folder can be reached: a path is walked name by name from the folder's descriptor, and no symbolic
/// link is followed.
final class PublicFiles {
    enum Lookup {
        case found(File)
        case tooLarge
        case missing
        /// The process or machine has no descriptor or memory left.
        case exhausted
    }

    struct File {
        var contentType: String
        /// Quoted, of the file's time and size.
        var tag: String
        var body: [UInt8]
    }

    private let folder: Int32
    private let maxFileBytes: Int

    /// The folder itself may be a symbolic link. Opened once: renaming it later does not change what is served.
    init(path: String, maxFileBytes: Int) throws(WebSocketServerError) {
        folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .publicDirectoryUnreadable(path, code: errno) }
        self.maxFileBytes = maxFileBytes
    }

    deinit { close(folder) }

    /// `path` is decoded and starts with a slash; `/` and every path that ends in one mean its `index.html`.
    /// `unless` is a tag that the client has: a file of that tag comes without its body.
    func file(at path: String, unless hasTag: (String) -> Bool = { _ in false }) -> Lookup {
        // By bytes: a slash with a combining mark behind it is another character, and still a slash to the system.
        var names = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
            .map { String(decoding: $0, as: UTF8.self) }
        guard path.utf8.first == UInt8(ascii: "/"), let last = names.last else { return .missing }
        if last.isEmpty { names[names.count - 1] = "index.html" }
        guard names.allSatisfy(Self.isServed) else { return .missing }
        let descriptor = descend(names)
        switch -descriptor {
        case EMFILE, ENFILE, ENOMEM: return .exhausted
        case 1...: return .missing
        default: break
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return .missing }
        let size = Int(status.st_size)
        guard size <= maxFileBytes else { return .tooLarge }
        let time = UInt64(bitPattern: Int64(status.st_mtim.tv_sec)) &* 1_000_000_000 &+ UInt64(status.st_mtim.tv_nsec)
        let tag = "\"\(String(time, radix: 36))-\(String(size, radix: 36))\""
        let type = ContentType.of(names[names.count - 1])
        if hasTag(tag) { return .found(File(contentType: type, tag: tag, body: [])) }
        guard let body = Self.read(descriptor, size: size) else { return .missing }
        return .found(File(contentType: type, tag: tag, body: body))
    }

    /// No name that goes up or nowhere, hides (`.git`, `.env`), or means something else to the file system.
    private static func isServed(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 255
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
    }

    /// The descriptor, which is the caller's, or the negative errno.
    private func descend(_ names: [String]) -> Int32 {
        guard names.count <= 16 else { return -ENOENT }
        var current = folder
        for (index, name) in names.enumerated() {
            let isLast = index == names.count - 1
            // Not blocking: a FIFO is no regular file, but must not stop the loop until we know.
            let next = openat(
                current, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (isLast ? 0 : O_DIRECTORY))
            let code = errno
            if current != folder { close(current) }
            guard next >= 0 else { return -code }
            current = next
        }
        return current
    }

    /// The file as it is now, if it is no longer than `size`; nil where reading fails or it has become shorter.
    private static func read(_ descriptor: Int32, size: Int) -> [UInt8]? {
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
