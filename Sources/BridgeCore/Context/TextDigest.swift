import ByteCoding

/// What a text is known by where keeping it would be too much: its length and 128 bits made of it, eight bytes at a time (a picture of
/// eight megabytes takes two milliseconds). Not for secrets: whoever wants two texts of the same digest can make them, and miscounts
/// their own conversation.
struct TextDigest: Hashable {
    private let count: Int
    private var low: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var high: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    init(_ text: [UInt8]) {
        count = text.count
        let bytes = text.span
        var index = 0
        while index + ByteWord.width <= bytes.count {
            combine(ByteWord(bytes, at: index).value)
            index += ByteWord.width
        }
        var rest: UInt64 = 0
        while index < bytes.count {
            rest = rest << 8 | UInt64(bytes[index])
            index += 1
        }
        combine(rest)
    }

    private mutating func combine(_ word: UInt64) {
        low = (low ^ word) &* 0x9FB2_1C65_1E98_DF25
        low ^= low >> 32
        high = ((high << 27 | high >> 37) ^ word) &* 0xD6E8_FEB8_6659_FD93
        high ^= high >> 29
    }
}
