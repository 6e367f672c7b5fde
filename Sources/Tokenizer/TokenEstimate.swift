/// Counts by weight, where a vocabulary is not at hand.
package enum TokenEstimate {
    /// How many tokens `text` is, about: its bytes of UTF-8 divided by `bytesPerToken`, rounded up. 0 only for an empty text.
    package static func count(_ text: Span<UInt8>, bytesPerToken: Double) -> Int {
        guard bytesPerToken > 0 else { return text.count }
        return Int((Double(text.count) / bytesPerToken).rounded(.up))
    }
}
