import Providers

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

    /// The prompt's texts, of which there may be none, then the others. Walks the whole body.
    package func read() -> [[UInt8]] {
        guard let body else { return texts }
        var prompt: [[UInt8]] = []
        body.read { prompt = promptTexts(in: $0) }
        return prompt + texts
    }
}
