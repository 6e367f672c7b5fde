internal import ByteCoding

/// Counts by weight, where a vocabulary is not at hand: so many bytes of UTF-8 a token.
package enum TokenEstimate {
    /// As much of a text that is still escaped as is looked at, to know how much of it is backslashes: an estimate may
    /// not take long.
    private static let sample = 64 << 10

    /// How many tokens `text` is, about: its bytes divided by `bytesPerToken`, rounded up. 0 only for an empty text.
    package static func count(_ text: Span<UInt8>, bytesPerToken: Double) -> Int {
        count(Double(text.count), bytesPerToken)
    }

    /// The same of as many bytes.
    package static func count(bytes: Int, bytesPerToken: Double) -> Int { count(Double(bytes), bytesPerToken) }

    /// The same of a text that is the content of a JSON string.
    package static func count(escaped text: Span<UInt8>, bytesPerToken: Double) -> Int {
        let looked = text.extracting(first: min(text.count, sample))
        guard looked.count > 0 else { return 0 }
        var unescaped: [UInt8] = []
        unescaped.append(unescaping: looked)
        return count(Double(unescaped.count) * Double(text.count) / Double(looked.count), bytesPerToken)
    }

    /// The same of several.
    package static func counts(_ texts: [[UInt8]], bytesPerToken: Double) -> [Int] {
        texts.map { count(escaped: $0.span, bytesPerToken: bytesPerToken) }
    }

    private static func count(_ bytes: Double, _ bytesPerToken: Double) -> Int {
        Int((bytes / max(bytesPerToken, 0.25)).rounded(.up))
    }
}
