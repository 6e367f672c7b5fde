import Foundation
import Tokenizer

extension Benchmark {
    /// What a prompt and an answer cost to be counted, where their upstream does not say.
    static let tokens = [
        Benchmark(name: "token-count", unit: "KiB", count: 200) { count in
            let text = Array(String(repeating: "Why is the sky blue, and the sea too? ", count: 27).utf8.prefix(1_024))
            return tokens(of: text, times: count)
        },
        Benchmark(name: "token-count-word", unit: "KiB", count: 100) { count in
            // One word without an end, whose every pair can be merged: what somebody may write who means ill.
            let letters = Array("thequickbrownfoxjumpsoverthelazydog".utf8)
            let text = (0..<4_096).map { letters[($0 * 7 + $0 / 35) % letters.count] }
            return tokens(of: text, times: count / 4)
        },
    ]

    private static func tokens(of text: [UInt8], times count: Int) -> Int {
        let vocabulary = vocabulary
        var tokens = 0
        for _ in 0..<count { tokens += vocabulary.count(text.span) }
        return tokens
    }

    /// All bytes, and the beginnings of some words, the shorter ones first: small, but merged as OpenAI's are, which are not in the
    /// repository.
    private static let vocabulary: Vocabulary = {
        let words = [
            "Why", " is", " the", " sky", " blue", " and", " sea", " too", "the", "quick", "brown", "fox", "jumps",
            "over", "lazy", "dog", "ther", "ow", "ui", "az",
        ]
        var tokens = (0...255).map { [UInt8($0)] }
        for length in 2...5 {
            for word in words where word.utf8.count >= length {
                let beginning = Array(word.utf8.prefix(length))
                if !tokens.contains(beginning) { tokens.append(beginning) }
            }
        }
        let file = tokens.enumerated().map { "\(Data($1).base64EncodedString()) \($0)\n" }.joined()
        do throws(RankFileError) {
            return try Vocabulary(rankFile: Array(file.utf8), splitting: .o200k)
        } catch {
            fatalError("\(error)")
        }
    }()
}
