import BridgeTestKit
import ByteCoding
import Testing

@Suite("Text out of JSON, and UTF-8 repaired")
struct TextTests {
    private func unescaped(_ content: String) -> String {
        var bytes: [UInt8] = []
        bytes.append(unescaping: content.utf8Span.span)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "escapes are what they stand for",
        arguments: [
            ("", ""), ("plain, and longer than a word", "plain, and longer than a word"), (#"\"\\\/"#, #""\/"#),
            (#"a\b\f\n\r\tz"#, "a\u{8}\u{C}\n\r\tz"), (#"\u0041\u00e9\u20AC"#, "Aé€"), (#"\ud83d\ude00!"#, "😀!"),
            (#"\ud83d"#, "\u{FFFD}"), (#"\ud83dx"#, "\u{FFFD}x"), (#"\ud83d\u0041"#, "\u{FFFD}A"),
            (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"),
            (#"naïve 漢字 \n"#, "naïve 漢字 \n"),
        ])
    func escapes(content: String, text: String) {
        #expect(unescaped(content) == text)
    }

    @Test(
        "what is no escape is not read beyond its end",
        arguments: [
            ("\\", ""), ("a\\", "a"), (#"\x"#, "x"), (#"\u12"#, "u12"), (#"\u12G4"#, "u12G4"),
            (#"\ud83d\u12"#, "\u{FFFD}u12"),
        ])
    func broken(content: String, text: String) {
        #expect(unescaped(content) == text)
    }

    @Test("what was escaped comes back", arguments: Seeds.of(50))
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let text = String(decoding: bytes(&generator), as: UTF8.self)
        var content: [UInt8] = []
        content.append(escaping: text.utf8Span.span)
        var back: [UInt8] = []
        back.append(unescaping: content.span)
        #expect(back == Array(text.utf8))
    }

    @Test("ill-formed UTF-8 is repaired as the standard library repairs it", arguments: Seeds.of(200))
    func repair(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let broken = bytes(&generator)
        var repaired: [UInt8] = []
        repaired.append(repairing: broken.span)
        #expect(repaired == Array(String(decoding: broken, as: UTF8.self).utf8))
    }

    /// Pieces of ASCII and of UTF-8, whole and broken.
    private func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
        let pieces: [[UInt8]] = [
            Array("a plain word ".utf8), Array("\"\\\n".utf8), [0xC3, 0xA9], [0xC3], [0xE2, 0x82], [0xE2, 0x82, 0xAC],
            [0xF0, 0x9F, 0x98, 0x80], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80],
            [0xFF], [0x80], [0],
        ]
        return (0..<Int.random(in: 0..<20, using: &generator)).flatMap { _ in
            pieces.randomElement(using: &generator) ?? []
        }
    }
}
