import BridgeTestKit
import Testing
import Tokenizer

@Suite("Splitting a text into pieces")
struct SplittingTests {
    private func pieces(_ text: String, _ splitting: Splitting) -> [String] {
        let bytes = Array(text.utf8)
        return splitting.pieces(of: bytes.span).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test(
        "both ways, with the pieces between bars",
        arguments: [
            ("Hello world", "Hello| world", "Hello| world"),
            ("don't DON'T", "don't| DON'T", "don|'t| DON|'T"),
            ("'tis 'llama", "'tis| '|llama", "'t|is| '|llama"),
            ("it'ſ", "it'ſ", "it|'ſ"),
            ("camelCaseHTTPServer", "camel|Case|HTTPServer", "camelCaseHTTPServer"),
            ("1234567", "123|456|7", "123|456|7"),
            ("x=1;\n\ny", "x|=|1|;\n\n|y", "x|=|1|;\n\n|y"),
            ("a//\n/b", "a|//\n/|b", "a|//\n|/b"),
            ("a   b", "a|  | b", "a|  | b"),
            ("a   \n  b", "a|   \n| | b", "a|   \n| | b"),
            ("a \n ", "a| \n| ", "a| \n "),
            ("a  ", "a|  ", "a|  "),
            ("\t\tx", "\t|\tx", "\t|\tx"),
            ("\u{3000}\u{A0}!", "\u{3000}|\u{A0}|!", "\u{3000}|\u{A0}|!"),
            ("日本ABC語ABC", "日本ABC語|ABC", "日本ABC語ABC"),
            ("日本ABC語abc", "日本ABC語abc", "日本ABC語abc"),
            ("\u{301}AB", "\u{301}|AB", "\u{301}AB"),
            ("!\u{301}a", "!\u{301}a", "!\u{301}|a"),
            ("ǅx", "ǅx", "ǅx"),
            ("½x²", "½|x|²", "½|x|²"),
        ])
    func table(text: String, o200k: String, cl100k: String) {
        #expect(pieces(text, .o200k).joined(separator: "|") == o200k)
        #expect(pieces(text, .cl100k).joined(separator: "|") == cl100k)
    }

    @Test("a short and a long piece are merged alike", arguments: Splitting.allCases)
    func merging(splitting: Splitting) throws {
        var limits = MergeLimits()
        limits.longestScan = 0
        let scanning = try Vocabularies.of(splitting)
        let heaping = try Vocabulary(rankFile: Vocabularies.rankFile(splitting), splitting: splitting, limits: limits)
        for seed in Seeds.of(2_000) {
            var generator = SeededGenerator(seed: seed)
            let letters = Array("etaoinshrdlu=.的你aA").prefix(Int.random(in: 1...18, using: &generator))
            let text = (0..<128).map { _ in String(letters.randomElement(using: &generator) ?? "a") }.joined()
            let bytes = Array(text.utf8.prefix(Int.random(in: 2...128, using: &generator)))
            #expect(scanning.encode(bytes.span) == heaping.encode(bytes.span), "seed \(seed)")
        }
    }

    @Test("a piece of many windows is merged as one is", arguments: Splitting.allCases)
    func windows(splitting: Splitting) throws {
        let vocabulary = try Vocabularies.of(splitting)
        for seed in Seeds.of(20) {
            var generator = SeededGenerator(seed: seed)
            let letters = Array("etaoinshrdlu").prefix(Int.random(in: 1...12, using: &generator))
            let text = String((0..<5_000).map { _ in letters.randomElement(using: &generator) ?? "a" })
            let tokens = vocabulary.encode(text.utf8Span.span)
            #expect(vocabulary.decode(tokens) == Array(text.utf8))
            // A row of tokens is what merging makes if every two neighbours are.
            for (one, other) in zip(tokens, tokens.dropFirst()) {
                let pair = vocabulary.decode([one, other])
                let isToken = vocabulary.encode(pair.span).count == 1
                #expect(isToken || vocabulary.encode(pair.span) == [one, other], "seed \(seed)")
            }
        }
    }

    /// Syllables in a row, of which every two neighbours are a token, those further on before those that come first:
    /// which syllables go together is decided at the far end, however far that is.
    @Test("where windows cannot be joined, a piece is merged as a whole", arguments: [400, 401, 402, 1_000, 1_001])
    func chain(length: Int) throws {
        let syllables = (0..<length).compactMap { UnicodeScalar(0xAC00 + UInt32($0)).map { String(Character($0)) } }
        let heads = Set(syllables.map { Array($0.utf8.prefix(2)) }).sorted { $0.lexicographicallyPrecedes($1) }
        let pairs = zip(syllables, syllables.dropFirst()).map { Array(($0 + $1).utf8) }.reversed()
        let file = rankFile(heads + syllables.map { Array($0.utf8) } + pairs)
        let vocabulary = try Vocabulary(rankFile: file, splitting: .cl100k)
        let text = Array(syllables.joined().utf8)
        let tokens = vocabulary.encode(text.span).map { vocabulary.decode([$0]).count / 3 }
        #expect(tokens == [Int](repeating: 1, count: length % 2) + [Int](repeating: 2, count: length / 2))
        #expect(vocabulary.count(text.span) == tokens.count)
    }

    @Test("a piece beyond the longest is cut there")
    func longest() throws {
        var limits = MergeLimits()
        limits.longestPiece = 1_000
        let vocabulary = try Vocabulary(
            rankFile: Vocabularies.rankFile(.cl100k), splitting: .cl100k, limits: limits)
        let once = (0..<1_000).map { UInt8(ascii: "a") + UInt8($0 * $0 % 26) }
        let tokens = vocabulary.encode(once.span)
        let x = [UInt8(ascii: "x")]
        #expect(vocabulary.encode((once + once + x).span) == tokens + tokens + vocabulary.encode(x.span))
    }

    @Test("counting ends when it is told to")
    func ending() throws {
        let vocabulary = try Vocabularies.of(.o200k)
        let text =
            [UInt8](repeating: UInt8(ascii: "."), count: 10) + Array(String(repeating: "the ", count: 50_000).utf8)
        var questions = 0
        let count = vocabulary.count(text.span) {
            questions += 1
            return questions < 3
        }
        #expect(count == nil)
        #expect(questions == 3)
        #expect(vocabulary.count(text.span) { true } == vocabulary.count(text.span))
    }
}
