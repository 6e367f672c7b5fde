extension String {
    /// What others say about an answer (a model's name, an error's message) is kept, repeated in snapshots and sent to
    /// every tab: so many bytes of it are enough.
    static let maxNameBytes = 512
    static let maxSentenceBytes = 4096

    /// The beginning, at most `maxBytes` of UTF-8 and an ellipsis.
    func excerpt(maxBytes: Int) -> String {
        guard utf8.count > maxBytes else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: maxBytes)
        // A code point is at most four bytes: this moves back by three at most.
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return self[..<end] + "…"
    }
}
