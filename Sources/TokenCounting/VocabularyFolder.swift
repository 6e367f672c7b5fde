internal import Glibc
package import Tokenizer

/// Why a vocabulary is not there.
package enum VocabularyError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be read: an errno.
    case unreadable(file: String, errno: Int32)
    /// There is something else in its place: a folder, a FIFO, a device.
    case noFile(String)
    case tooLarge(file: String)
    /// What is wrong with it.
    case malformed(file: String, reason: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let number): "\(file): \(String(cString: strerror(number)))"
        case .noFile(let file): "\(file): not a regular file"
        case .tooLarge(let file): "\(file): more than \(VocabularyFolder.maxBytes) bytes"
        case .malformed(let file, let reason): "\(file): \(reason)"
        }
    }
}

/// Where the rank files lie, under the names that `scripts/vendor` gives them: `o200k_base.tiktoken`,
/// `cl100k_base.tiktoken`.
package struct VocabularyFolder: Sendable {
    /// Four times the largest of OpenAI's.
    package static let maxBytes = 16 << 20

    let path: String

    package init(path: String) { self.path = path }

    /// Reads a file and makes what it holds ready: 30 to 60 ms of the calling thread. Nothing but a regular file is read, so
    /// that nobody can make that last: who closes the counter waits for it.
    package func load(_ splitting: Splitting) throws(VocabularyError) -> Vocabulary {
        let file = "\(path)/\(splitting)_base.tiktoken"
        let bytes = try Self.read(file)
        do throws(RankFileError) {
            return try Vocabulary(rankFile: bytes, splitting: splitting)
        } catch {
            throw .malformed(file: file, reason: error.description)
        }
    }

    private static func read(_ file: String) throws(VocabularyError) -> [UInt8] {
        // Without O_NONBLOCK the opening of a FIFO waits for a writer; on a regular file it changes nothing.
        let descriptor = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(file: file, errno: errno) }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(file: file, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .noFile(file) }
        guard status.st_size <= maxBytes else { throw .tooLarge(file: file) }
        return try readToEnd(of: descriptor, file)
    }

    /// The file may grow meanwhile: what is read is bounded all the same.
    private static func readToEnd(of descriptor: Int32, _ file: String) throws(VocabularyError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .unreadable(file: file, errno: errno)
            }
            guard bytes.count + count <= maxBytes else { throw .tooLarge(file: file) }
            bytes.append(contentsOf: piece[..<count])
        }
    }
}
