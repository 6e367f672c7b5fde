/// How a model's tokens are counted.
package enum TokenUnit: Equatable, Sendable {
    /// OpenAI's vocabularies, exactly.
    case o200k, cl100k
    /// Other vocabularies: so many bytes of UTF-8 make a token, on average.
    case calibrated(bytesPerToken: Double)

    /// Of a model of which nothing is known.
    package static let general = TokenUnit.calibrated(bytesPerToken: 4)
}
