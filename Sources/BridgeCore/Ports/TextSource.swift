import Providers
package import Tokenizer

/// Texts whose tokens are to be counted, each the content of a JSON string that is still escaped. They may have yet to be found,
/// which takes time where the body is large; so this is a value that any thread may `read`.
package struct TextSource: Sendable {
    /// An encoded request's body, of any dialect: its prompt is to be counted. nil: no prompt is.
    package let body: (any RequestBody)?
    /// Further texts, which come after those of the prompt.
    package let texts: [[UInt8]]

    package init(body: (any RequestBody)? = nil, texts: [[UInt8]]) {
        self.body = body
        self.texts = texts
    }

    /// Bytes to be walked, and of memory held.
    package var byteCount: Int { texts.reduce(body?.count ?? 0) { $0 + $1.count } }

    /// What there is to count. Walks the whole body.
    package func read() -> Found {
        var found = Found(texts: texts, promptCount: 0, otherTokens: 0)
        body?.read {
            let prompt = PromptContent(body: $0)
            found = Found(
                texts: prompt.texts + texts, promptCount: prompt.texts.count,
                otherTokens: prompt.mediaCount * ChatOverhead.perMedium
                    + prompt.messageCount * ChatOverhead.perMessage)
        }
        return found
    }

    /// Counts by the length of the texts alone.
    package func estimates(in unit: TokenUnit) -> [Int] {
        let found = read()
        return found.counts(TokenEstimate.counts(found.texts, bytesPerToken: unit.bytesPerToken))
    }

    /// The same in a time that the loop has: a body of more than `maxHastyBytes` is not walked, but taken for one text, with all
    /// that is in it.
    package func hastyEstimates(in unit: TokenUnit) -> [Int] {
        guard let body, body.count > Self.maxHastyBytes else { return estimates(in: unit) }
        return [TokenEstimate.count(bytes: body.count, bytesPerToken: unit.bytesPerToken)]
            + TokenEstimate.counts(texts, bytesPerToken: unit.bytesPerToken)
    }

    /// As many bytes of JSON are walked in a tenth of a millisecond.
    package static let maxHastyBytes = 64 << 10

    package struct Found: Sendable {
        /// The prompt's, of which there may be none, then the others.
        package let texts: [[UInt8]]
        fileprivate let promptCount: Int
        /// What the prompt costs beside its texts: pictures and their like, and the marks of its messages.
        fileprivate let otherTokens: Int

        /// What a counter answers: a count for each text. What the prompt costs beside its texts counts with the last of them, or
        /// alone and first where it has none.
        /// - Parameter textCounts: one for each of `texts`.
        package func counts(_ textCounts: [Int]) -> [Int] {
            guard otherTokens > 0 else { return textCounts }
            guard promptCount > 0 else { return [otherTokens] + textCounts }
            var counts = textCounts
            counts[promptCount - 1] += otherTokens
            return counts
        }
    }
}
