import Tokenizer

/// What every run begins with.
enum Seed {
    private static let vocabularies = Splitting.allCases.map { make($0, MergeLimits()) }
    private static let heapings = Splitting.allCases.map { splitting in
        var limits = MergeLimits()
        limits.longestScan = 0
        return make(splitting, limits)
    }

    static func vocabulary(_ splitting: Splitting) -> Vocabulary { vocabularies[splitting == .o200k ? 0 : 1] }
    /// The same, in which short pieces are merged as long ones are.
    static func heaping(_ splitting: Splitting) -> Vocabulary { heapings[splitting == .o200k ? 0 : 1] }

    /// One to three of sixteen letters, sixteen times.
    static func letters(of byte: UInt8) -> [UInt8] {
        let two = [UInt8(ascii: "a") + byte & 7, UInt8(ascii: "a") + byte >> 3 & 7]
        return Array(repeatElement(two, count: 1 + Int(byte >> 6) * 5).joined())
    }

    /// All bytes, all pairs of eight letters, and what comes of joining tokens at random.
    private static func make(_ splitting: Splitting, _ limits: MergeLimits) -> Vocabulary {
        var tokens = (0...255).map { [UInt8($0)] }
        for one in UInt8(ascii: "a")...UInt8(ascii: "h") {
            for other in UInt8(ascii: "a")...UInt8(ascii: "h") { tokens.append([one, other]) }
        }
        var known = Set(tokens)
        var state: UInt64 = 17
        func chance(_ range: Range<Int>) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return range.lowerBound + Int(state >> 33) % range.count
        }
        while tokens.count < 1_500 {
            let token = tokens[chance(0..<tokens.count)] + tokens[chance(256..<tokens.count)]
            if token.count <= 24, known.insert(token).inserted { tokens.append(token) }
        }
        let file = tokens.enumerated().map { "\(base64($1)) \($0)\n" }.joined()
        do throws(RankFileError) {
            return try Vocabulary(rankFile: Array(file.utf8), splitting: splitting, limits: limits)
        } catch {
            fatalError("the seed's file: \(error)")
        }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start...].prefix(3)
            let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? digits[number >> (18 - 6 * index) & 63] : "=")
            }
        }
        return text
    }
}
