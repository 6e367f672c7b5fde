/// Why a file of ranks cannot be used.
package struct RankFileError: Error, Equatable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        case tooLarge
        /// Not `base64 rank`.
        case malformed
        /// Another rank than the number of lines before this one.
        case outOfOrder
        /// A token of no bytes, or of too many.
        case badLength
        case duplicate
        case tooManyTokens
        /// The file ends, and this byte is no token: there would be texts without an encoding.
        case missingByte(UInt8)
    }

    /// From 1; 0 where it is about the file as a whole.
    package let line: Int
    package let reason: Reason

    package init(line: Int, reason: Reason) {
        self.line = line
        self.reason = reason
    }

    package var description: String {
        let words =
            switch reason {
            case .tooLarge: "more than \(RankFile.maxBytes) bytes"
            case .malformed: "not a token in base64, a space and its rank"
            case .outOfOrder: "not the rank that is next"
            case .badLength: "a token of no bytes, or of more than \(RankFile.maxTokenLength)"
            case .duplicate: "a token that was there before"
            case .tooManyTokens: "more than \(RankFile.maxTokens) tokens"
            case .missingByte(let byte): "no token for the byte \(byte) alone"
            }
        return line > 0 ? "line \(line): \(words)" : words
    }
}

/// Reads tiktoken's file format: a line for each token, `base64 rank`, in the order of ranks from 0.
struct RankFile: ~Escapable {
    /// OpenAI's largest file has 3.6 MB, 199,998 tokens, the longest of 128 bytes.
    static let maxBytes = 64 << 20
    static let maxTokens = 1 << 20
    static let maxTokenLength = 256

    private let bytes: Span<UInt8>
    private var position = 0
    private(set) var line = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) throws(RankFileError) {
        guard bytes.count <= Self.maxBytes else { throw RankFileError(line: 0, reason: .tooLarge) }
        self.bytes = bytes
    }

    func failure(_ reason: RankFileError.Reason) -> RankFileError {
        RankFileError(line: line, reason: reason)
    }

    /// Appends the next token's bytes and gives their count; nil at the end of the file. Its rank is `rank`, or it is
    /// an error.
    mutating func next(rank: Int, into token: inout [UInt8]) throws(RankFileError) -> Int? {
        guard position < bytes.count else { return nil }
        line += 1
        let length = try decodeToken(into: &token)
        guard (1...Self.maxTokenLength).contains(length) else { throw failure(.badLength) }
        guard try readRank() == rank else { throw failure(.outOfOrder) }
        return length
    }

    /// RFC 4648 section 4, with its padding, up to the space behind it.
    private mutating func decodeToken(into token: inout [UInt8]) throws(RankFileError) -> Int {
        var group: UInt32 = 0
        var digits = 0
        var padding = 0
        let before = token.count
        while position < bytes.count, bytes[position] != UInt8(ascii: " ") {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "=") {
                padding += 1
                group <<= 6
            } else {
                guard padding == 0, let value = Self.value(of: byte) else { throw failure(.malformed) }
                group = group << 6 | UInt32(value)
            }
            digits += 1
            guard digits == 4 else { continue }
            guard padding <= 2 else { throw failure(.malformed) }
            for index in 0..<3 - padding { token.append(UInt8(truncatingIfNeeded: group >> (16 - 8 * index))) }
            guard token.count - before <= Self.maxTokenLength else { throw failure(.badLength) }
            if padding > 0 { break }
            group = 0
            digits = 0
        }
        guard digits == 0 || padding > 0, position < bytes.count, bytes[position] == UInt8(ascii: " ") else {
            throw failure(.malformed)
        }
        position += 1
        return token.count - before
    }

    /// Decimal digits up to the end of the line.
    private mutating func readRank() throws(RankFileError) -> Int {
        var rank = 0
        var digits = 0
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10, digits < 9 else { throw failure(.malformed) }
            rank = rank * 10 + Int(digit)
            digits += 1
            position += 1
        }
        position += 1
        guard digits > 0 else { throw failure(.malformed) }
        return rank
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
