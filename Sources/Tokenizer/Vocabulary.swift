internal import ByteCoding

/// Where another way of merging begins, in bytes of a piece. (Tests set them.)
package struct MergeLimits: Sendable {
    /// Up to this a piece is scanned for each merge, beyond it a heap says what is next. At most `PieceMerge.longest`.
    package var longestScan = PieceMerge.longest
    /// Beyond this a piece is cut, which bounds the memory that merging takes to 24 MB where windows fail
    /// (`LongPieceMerge`). No text that people write, or a model, has a piece of a thousandth of that.
    package var longestPiece = 1 << 20

    package init() {}
}

/// A byte-pair vocabulary of OpenAI's: counts and encodes texts exactly as tiktoken 0.14.0's `encode_ordinary` does.
/// Names of special tokens are text like any other; ill-formed UTF-8 counts as what Python's `decode(errors="replace")`
/// makes of it (U+FFFD).
///
/// Immutable; any thread may use it, several at once. About 6.7 MB for o200k (`RankTable`).
package final class Vocabulary: Sendable {
    package let splitting: Splitting
    private let table: RankTable
    private let limits: MergeLimits

    /// `rankFile` is tiktoken's file of the encoding: `base64 rank` a line.
    package init(
        rankFile: [UInt8], splitting: Splitting, limits: MergeLimits = MergeLimits()
    ) throws(RankFileError) {
        self.splitting = splitting
        self.limits = limits
        table = try RankTable(rankFile.span)
    }

    /// How many tokens there are, special ones not counted.
    package var tokenCount: Int { table.count }

    /// How many tokens `text` is.
    package func count(_ text: Span<UInt8>) -> Int {
        var counter = TokenTally()
        _ = encode(text, into: &counter) { true }
        return counter.count
    }

    /// How many tokens `text` is; nil where `goesOn`, which is asked after every 64 KiB or so, has said no.
    package func count(_ text: Span<UInt8>, while goesOn: () -> Bool) -> Int? {
        var counter = TokenTally()
        return encode(text, into: &counter, while: goesOn) ? counter.count : nil
    }

    /// The tokens of `text`, in order.
    package func encode(_ text: Span<UInt8>) -> [UInt32] {
        var list = TokenList()
        _ = encode(text, into: &list) { true }
        return list.tokens
    }

    /// The bytes that `tokens` stand for. A token that is none stands for nothing.
    package func decode(_ tokens: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        for token in tokens where token < table.count { table.append(token: token, to: &bytes) }
        return bytes
    }

    // MARK: Pieces

    /// False where `goesOn` has ended it.
    private func encode(_ text: Span<UInt8>, into sink: inout some TokenSink, while goesOn: () -> Bool) -> Bool {
        guard isValidUTF8(text) else {
            var repaired: [UInt8] = []
            repaired.reserveCapacity(text.count)
            repaired.append(repairing: text)
            return encode(valid: repaired.span, into: &sink, while: goesOn)
        }
        return encode(valid: text, into: &sink, while: goesOn)
    }

    private func encode(valid text: Span<UInt8>, into sink: inout some TokenSink, while goesOn: () -> Bool) -> Bool {
        let table = table
        var scanner = PieceScanner(text, splitting: splitting)
        var long = LongPieceMerge()
        var question = 1 << 16
        while let piece = scanner.next() {
            let rank = table.rank(of: piece, in: text)
            if rank < RankTable.none {
                sink.add(rank)
            } else if piece.count <= limits.longestScan {
                PieceMerge.merge(piece, in: text, table, into: &sink)
            } else {
                var start = piece.lowerBound
                while start < piece.upperBound {
                    guard goesOn() else { return false }
                    let end = min(start + limits.longestPiece, piece.upperBound)
                    long.merge(start..<end, in: text, table, into: &sink)
                    start = end
                }
            }
            if scanner.position >= question {
                guard goesOn() else { return false }
                question = scanner.position + 1 << 16
            }
        }
        return true
    }
}
