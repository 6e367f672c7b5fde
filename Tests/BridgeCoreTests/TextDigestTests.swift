import Testing

@testable import BridgeCore

@Suite("Digests of texts")
struct TextDigestTests {
    @Test("equal texts have one digest, and no two texts that differ in a byte, a place or their length")
    func distinct() {
        var texts: [[UInt8]] = (0...70).map { [UInt8](repeating: 0, count: $0) }
        for length in 1...40 {
            for place in 0..<length {
                for byte: UInt8 in [1, 0x80, 0xFF] {
                    var text = [UInt8](repeating: 0, count: length)
                    text[place] = byte
                    texts.append(text)
                }
            }
        }
        // Words that change places.
        let words: [[UInt8]] = [Array("12345678".utf8), Array("abcdefgh".utf8), Array("ABCDEFGH".utf8)]
        for first in words { for second in words { for third in words { texts.append(first + second + third) } } }
        #expect(Set(texts.map { TextDigest($0) }).count == Set(texts).count)
        #expect(texts.allSatisfy { TextDigest($0) == TextDigest($0) })
    }
}
