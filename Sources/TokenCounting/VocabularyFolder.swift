internal import Glibc
internal import Tokenizer

/// Why a vocabulary is not there.
package enum VocabularyError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be read: an errno.
    case unreadable(file: String, errno: Int32)
    case tooLarge(file: String)
    /// What is wrong with it.
    case malformed(file: String, reason: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let number): "\(file): \(String(cString: strerror(number)))"
        case .tooLarge(let file): "\(file): more than \(VocabularyFolder.maxBytes) bytes"
        case .malformed(let file, let reason): "\(file): \(reason)"
        }
    }
}

/// Where the rank files lie, under the names that `scripts/vendor` gives them: `o200k_base.tiktoken`,
/// `cl100k_base.tiktoken`.
struct VocabularyFolder: Sendable {
    /// Four times the largest of OpenAI's.
    static let maxBytes = 16 << 20

    let path: String

    /// Reads a file and makes what it holds ready: 30 to 60 ms of the calling thread.
    func load(_ splitting: Splitting) throws(VocabularyError) -> Vocabulary {
        let file = "\(path)/\(splitting)_base.tiktoken"
        let bytes = try Self.read(file)
        do throws(RankFileError) {
            return try Vocabulary(rankFile: bytes, splitting: splitting)
        } catch {
            throw .malformed(file: file, reason: error.description)
        }
    }

    private static func read(_ file: String) throws(VocabularyError) -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(file: file, errno: errno) }
        defer { Glibc.close(descriptor) }
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
