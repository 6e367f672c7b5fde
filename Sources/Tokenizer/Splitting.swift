/// How a text is cut into pieces before the merging of bytes begins: tiktoken's `pat_str` of the encodings of the same
/// names, as version 0.14.0 has them.
///
/// No token spans two pieces. `PieceScanner` is what does the cutting.
package enum Splitting: String, CaseIterable, Sendable {
    /// ```
    /// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
    /// |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
    /// |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
    /// ```
    case o200k
    /// ```
    /// '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s
    /// ```
    case cl100k

    /// Where the pieces of `text` lie, which is well-formed UTF-8.
    package func pieces(of text: Span<UInt8>) -> [Range<Int>] {
        var scanner = PieceScanner(text, splitting: self)
        var pieces: [Range<Int>] = []
        while let piece = scanner.next() { pieces.append(piece) }
        return pieces
    }
}
