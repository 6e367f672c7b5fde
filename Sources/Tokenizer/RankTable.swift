internal import ByteCoding

/// The tokens of a vocabulary: bytes → rank, and back.
///
/// One array of bytes, one of where each token begins in it, and a hash table with open addressing (linear probing) of
/// eight bytes a slot. With a table of the ranks of all pairs of bytes, o200k's 199,998 tokens take 6.7 MB, cl100k's
/// 100,256 take 3.4 MB; a `Dictionary` of arrays would take more than twice as much, most of it in 32-byte headers.
struct RankTable: Sendable {
    /// No token. Greater than all ranks, so that the lowest of some ranks is found without asking.
    static let none = UInt32.max

    /// All tokens' bytes in the order of ranks, and eight bytes of nothing behind them, so that whole words can be
    /// read.
    private let bytes: [UInt8]
    /// Where in `bytes` each token begins, and where the last one ends.
    private let starts: [UInt32]
    /// The upper half of a token's hash above its rank + 1; 0 is an empty slot. Full by less than a half, never quite
    /// empty.
    private let slots: [UInt64]
    /// The ranks of two bytes, at `first << 8 | second`.
    private let pairs: [UInt32]
    let longest: Int

    var count: Int { starts.count - 1 }

    init(_ file: Span<UInt8>) throws(RankFileError) {
        var file = try RankFile(file)
        var bytes: [UInt8] = []
        var starts: [UInt32] = [0]
        var longest = 0
        while let length = try file.next(rank: starts.count - 1, into: &bytes) {
            guard starts.count <= RankFile.maxTokens else { throw file.failure(.tooManyTokens) }
            longest = max(longest, length)
            starts.append(UInt32(bytes.count))
        }
        bytes.append(contentsOf: repeatElement(0, count: ByteWord.width))

        var capacity = 1024
        while capacity < 2 * starts.count { capacity *= 2 }
        var slots = [UInt64](repeating: 0, count: capacity)
        for rank in 0..<starts.count - 1 {
            let range = Int(starts[rank])..<Int(starts[rank + 1])
            let hash = Self.hash(bytes.span, range)
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[slot] != 0 {
                if slots[slot] >> 32 == hash >> 32 {
                    let other = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1
                    let isSame = bytes[range] == bytes[Int(starts[other])..<Int(starts[other + 1])]
                    guard !isSame else { throw RankFileError(line: rank + 1, reason: .duplicate) }
                }
                slot = (slot + 1) & (capacity - 1)
            }
            slots[slot] = hash & ~0xFFFF_FFFF | UInt64(rank + 1)
        }
        self.bytes = bytes
        self.starts = starts
        self.slots = slots
        self.longest = longest

        var pairs = [UInt32](repeating: Self.none, count: 1 << 16)
        var isThere = [Bool](repeating: false, count: 256)
        for rank in 0..<starts.count - 1 {
            let start = Int(starts[rank])
            switch Int(starts[rank + 1]) - start {
            case 1: isThere[Int(bytes[start])] = true
            case 2: pairs[Int(bytes[start]) << 8 | Int(bytes[start + 1])] = UInt32(rank)
            default: break
            }
        }
        self.pairs = pairs
        if let missing = isThere.firstIndex(of: false) {
            throw RankFileError(line: 0, reason: .missingByte(UInt8(missing)))
        }
    }

    /// The rank of the bytes of `text` in `range`, which is not empty; `none` where they are no token.
    @inline(__always)
    func rank(of range: Range<Int>, in text: Span<UInt8>) -> UInt32 {
        if range.count == 2 { return rank(ofPair: text[range.lowerBound], text[range.lowerBound + 1]) }
        guard range.count <= longest else { return Self.none }
        let hash = Self.hash(text, range)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            if slots[slot] >> 32 == hash >> 32 {
                let rank = UInt32(truncatingIfNeeded: slots[slot]) - 1
                if isToken(rank, range, in: text) { return rank }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return Self.none
    }

    @inline(__always)
    func rank(ofPair first: UInt8, _ second: UInt8) -> UInt32 {
        pairs[Int(first) << 8 | Int(second)]
    }

    /// The bytes of a token.
    func append(token: UInt32, to output: inout [UInt8]) {
        output.append(span: bytes.span, in: Int(starts[Int(token)])..<Int(starts[Int(token) + 1]))
    }

    private func isToken(_ rank: UInt32, _ range: Range<Int>, in text: Span<UInt8>) -> Bool {
        let start = Int(starts[Int(rank)])
        guard Int(starts[Int(rank) + 1]) - start == range.count else { return false }
        return bytes.span.holds(text.extracting(range), at: start)
    }

    /// Eight bytes at a time, each step a multiplication whose upper half is folded into the lower one.
    @inline(__always)
    private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: range.count) &* 0x9E37_79B9_7F4A_7C15
        var index = range.lowerBound
        while index < range.upperBound {
            let length = min(range.upperBound - index, ByteWord.width)
            let product = (state ^ word(bytes, at: index, length)).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            state = product.high ^ product.low
            index += ByteWord.width
        }
        return state
    }

    /// The first `length` bytes from `index`, the rest of the word 0. Whatever lies behind them may be read, but not
    /// beyond the end.
    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, at index: Int, _ length: Int) -> UInt64 {
        guard index + ByteWord.width > bytes.count else {
            return ByteWord(bytes, at: index).value & (.max >> UInt64(64 - 8 * length))
        }
        var word: UInt64 = 0
        for offset in 0..<length { word |= UInt64(bytes[index + offset]) << UInt64(8 * offset) }
        return word
    }
}
