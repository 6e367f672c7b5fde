import Foundation
import Testing
import Tokenizer

/// A line of `golden.txt`: a text, and what tiktoken makes of it.
struct GoldenText {
    var kind: Substring
    var text: [UInt8]
    /// Count and fingerprint of the tokens, as the file has them.
    var tokens: [Splitting: Substring]

    /// All lines of the file that Oracle/golden.py wrote; `TRIBUTARY_GOLDEN_TOKENS` may name another one.
    static let all: Result<[GoldenText], any Error> = Result {
        let file =
            ProcessInfo.processInfo.environment["TRIBUTARY_GOLDEN_TOKENS"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Oracle/golden.txt")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(GoldenText.init)
    }

    private init(_ line: Substring) throws {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        try #require(fields.count == 4)
        kind = fields[0]
        let spelled = fields[1].split(separator: "*", omittingEmptySubsequences: false)
        let unit = try #require(Data(base64Encoded: String(spelled[0])))
        let times = spelled.count > 1 ? try #require(Int(spelled[1])) : 1
        text = Array(repeatElement(unit, count: times).joined())
        tokens = [.o200k: fields[2], .cl100k: fields[3]]
    }

    /// As the file has them: FNV-1a of the tokens, four bytes each, the lowest first.
    static func fingerprint(_ tokens: [UInt32]) -> String {
        var state: UInt32 = 0x811C_9DC5
        for token in tokens {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                state = (state ^ token >> shift & 0xFF) &* 0x0100_0193
            }
        }
        let digits = String(state, radix: 16)
        return "\(tokens.count):" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}

@Suite("Tokens, against tiktoken's")
struct GoldenTests {
    @Test("there are ten thousand texts and more, of every kind")
    func texts() throws {
        let texts = try GoldenText.all.get()
        #expect(texts.count > 10_000)
        #expect(Set(texts.map(\.kind)).count > 15)
    }

    @Test("every text is the tokens that tiktoken finds, and counts as many", arguments: Splitting.allCases)
    func golden(splitting: Splitting) throws {
        let vocabulary = try Vocabularies.of(splitting)
        var differing: [Substring: [String]] = [:]
        for golden in try GoldenText.all.get() {
            let tokens = vocabulary.encode(golden.text.span)
            let isSame = GoldenText.fingerprint(tokens) == golden.tokens[splitting] ?? ""
            if !isSame || vocabulary.count(golden.text.span) != tokens.count {
                differing[golden.kind, default: []].append(
                    String(decoding: golden.text.prefix(200), as: UTF8.self).debugDescription)
            }
        }
        for (kind, texts) in differing {
            Issue.record(
                "\(texts.count) of kind \(kind) differ, for example \(texts.min { $0.count < $1.count } ?? "")")
        }
    }

    @Test("tokens stand for the text that they were made of", arguments: Splitting.allCases)
    func roundTrip(splitting: Splitting) throws {
        let vocabulary = try Vocabularies.of(splitting)
        for golden in try GoldenText.all.get() {
            let text = String(decoding: golden.text, as: UTF8.self)
            let decoded = vocabulary.decode(vocabulary.encode(golden.text.span))
            guard decoded != Array(text.utf8) else { continue }
            Issue.record("\(golden.kind): \(text.debugDescription)")
        }
    }
}
