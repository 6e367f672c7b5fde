/// What an upstream's configuration says about reading its answers.
package struct DecoderOptions: Sendable {
    /// Fields that have no place in a delta (citations, annotations) become deltas of kind `extra`, and those of the answer
    /// as a whole its `extra`.
    package var keepsExtra: Bool
    /// `<think>` … `</think>` at the beginning of a text is reasoning.
    package var readsInlineThinking: Bool

    package init(keepsExtra: Bool = false, readsInlineThinking: Bool = false) {
        self.keepsExtra = keepsExtra
        self.readsInlineThinking = readsInlineThinking
    }
}
