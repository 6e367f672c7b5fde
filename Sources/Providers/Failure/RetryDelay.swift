/// How long a provider asks to wait (RFC 9110 10.2.3, and the finer `retry-after-ms` that some send).
enum RetryDelay {
    /// Waits beyond this, in milliseconds (a day), are not taken seriously.
    static let longest = 24 * 60 * 60 * 1000

    /// From the two headers: the longer one, since Azure sends a second beside zero milliseconds. An HTTP date is not
    /// understood: there is no clock here.
    static func milliseconds(retryAfter: String?, retryAfterMilliseconds: String?) -> Int? {
        let coarse = retryAfter.flatMap { milliseconds(seconds: $0) }
        let fine = retryAfterMilliseconds.flatMap { decimal($0) }.flatMap { bounded($0) }
        guard let coarse, let fine else { return coarse ?? fine }
        return max(coarse, fine)
    }

    /// `2`, `1.5`, or `48s`.
    static func milliseconds(seconds text: String) -> Int? {
        let digits = text.hasSuffix("s") ? String(text.dropLast()) : text
        return decimal(digits).flatMap { bounded($0 * 1000) }
    }

    private static func decimal(_ text: String) -> Double? {
        let trimmed = text.trimmed
        guard !trimmed.isEmpty, trimmed.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) else {
            return nil
        }
        return Double(trimmed)
    }

    private static func bounded(_ milliseconds: Double) -> Int? {
        milliseconds <= Double(longest) ? Int(milliseconds.rounded(.up)) : nil
    }
}
