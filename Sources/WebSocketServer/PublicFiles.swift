internal import Glibc

/// The folder of files that are served. Read from the disk for each request, so that an edit shows on reload: a `stat`
/// answers most of them, and the kernel has the pages of the others.
///
/// Beside a file may lie the same file compressed, `index.html.br` or `index.html.gz`: it is sent to who takes it if it has the
/// file's time. Otherwise one of the two has been changed since, or an older version put back. It is no file of its own: its name
/// is not served.
///
/// Nothing outside of the folder can be reached: a path is walked name by name from the folder's descriptor, and no symbolic
/// link is followed.
final class PublicFiles {
    enum Lookup {
        case found(File)
        case tooLarge
        case missing
        /// The client refuses every coding in which the file is there.
        case notAcceptable
        /// The process or machine has no descriptor or memory left.
        case exhausted
    }

    struct File {
        var contentType: String
        /// Of the time and size of what is sent: each coding has its own (RFC 9110 section 8.8.3).
        var stamp: String
        var coding: ContentCoding
        /// Whether others, who take other codings, may get other bytes.
        var varies: Bool
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
    /// A file that `isKnown` to the client comes without its body.
    func file(at path: String, accepting: AcceptEncoding, unless isKnown: (File) -> Bool) -> Lookup {
        // By bytes: a slash with a combining mark behind it is another character, and still a slash to the system.
        var names = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
            .map { String(decoding: $0, as: UTF8.self) }
        guard path.utf8.first == UInt8(ascii: "/"), var last = names.popLast() else { return .missing }
        if last.isEmpty { last = "index.html" }
        guard names.count < 16, names.allSatisfy(Self.isServed), Self.isServed(last) else { return .missing }
        do throws(OpenFile.Failure) {
            let parent = try descend(names)
            defer { if parent != folder { close(parent) } }
            guard !Self.isSibling(last, in: parent) else { return .missing }
            return try file(last, in: parent, accepting: accepting, unless: isKnown)
        } catch {
            switch error {
            case .missing: return .missing
            case .exhausted: return .exhausted
            }
        }
    }

    /// No name that goes up or nowhere, hides (`.git`, `.env`), or means something else to the file system.
    private static func isServed(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 255
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
    }

    /// Whether it is the compressed sibling of a file. An archive that is there for itself is not.
    private static func isSibling(_ name: String, in parent: Int32) -> Bool {
        ContentCoding.compressed.contains { coding in
            name.utf8.suffix(coding.ending.utf8.count).elementsEqual(coding.ending.utf8)
                && OpenFile.Status(
                    of: String(decoding: name.utf8.dropLast(coding.ending.utf8.count), as: UTF8.self), in: parent)
                    != nil
        }
    }

    /// The folder's descriptor: the caller's, unless it is `folder` itself.
    private func descend(_ names: [String]) throws(OpenFile.Failure) -> Int32 {
        var current = folder
        for name in names {
            let parent = current
            defer { if parent != folder { close(parent) } }
            current = try OpenFile.descriptor(of: name, in: parent, flags: O_DIRECTORY)
        }
        return current
    }

    private func file(
        _ name: String, in parent: Int32, accepting: AcceptEncoding, unless isKnown: (File) -> Bool
    ) throws(OpenFile.Failure) -> Lookup {
        let plain = try OpenFile(name, in: parent)
        let siblings = ContentCoding.compressed.filter { coding in
            guard let sibling = OpenFile.Status(of: name + coding.ending, in: parent) else { return false }
            return sibling.time == plain.status.time && sibling.size <= maxFileBytes
        }
        guard let coding = accepting.best(of: siblings + [.identity]) else { return .notAcceptable }
        let type = ContentType.of(name)
        let varies = !siblings.isEmpty
        // One that has gone in this moment is made up for by the file itself.
        if coding != .identity, let sibling = try? OpenFile(name + coding.ending, in: parent) {
            return found(sibling, as: coding, type: type, varies: varies, unless: isKnown)
        }
        return found(plain, as: .identity, type: type, varies: varies, unless: isKnown)
    }

    private func found(
        _ file: borrowing OpenFile, as coding: ContentCoding, type: String, varies: Bool,
        unless isKnown: (File) -> Bool
    ) -> Lookup {
        guard file.status.size <= maxFileBytes else { return .tooLarge }
        let time = String(UInt64(bitPattern: file.status.time), radix: 36)
        let stamp = "\(time)-\(String(file.status.size, radix: 36))\(coding.ending)"
        var found = File(contentType: type, stamp: stamp, coding: coding, varies: varies, body: [])
        if isKnown(found) { return .found(found) }
        guard let body = file.read() else { return .missing }
        found.body = body
        return .found(found)
    }
}
