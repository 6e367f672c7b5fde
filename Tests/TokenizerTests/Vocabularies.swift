import Foundation
import Testing
import Tokenizer

/// The vocabularies that `scripts/vendor` brings.
enum Vocabularies {
    struct Missing: Error, CustomStringConvertible {
        let file: String
        var description: String { "\(file) is not there: run scripts/vendor, which brings it (scripts/test does)" }
    }

    private static let o200k = Result { try load(.o200k) }
    private static let cl100k = Result { try load(.cl100k) }

    static func of(_ splitting: Splitting) throws -> Vocabulary {
        try (splitting == .o200k ? o200k : cl100k).get()
    }

    static func rankFile(_ splitting: Splitting) throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = root.deletingLastPathComponent().appending(path: "vendor/tokenizers/\(splitting)_base.tiktoken")
        guard let bytes = try? Data(contentsOf: file) else { throw Missing(file: file.lastPathComponent) }
        return Array(bytes)
    }

    private static func load(_ splitting: Splitting) throws -> Vocabulary {
        try Vocabulary(rankFile: rankFile(splitting), splitting: splitting)
    }
}
