import BridgeTestKit
import ByteCoding
import Testing

@Suite("Appending")
struct AppendingTests {
    private func written(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = Array("<".utf8)
        write(&bytes)
        return String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    @Test("a literal is appended verbatim, also an empty one and one beyond ASCII")
    func literals() {
        #expect(written { $0.append(literal: "{\"type\":") } == "{\"type\":")
        #expect(written { $0.append(literal: "") } == "")
        #expect(written { $0.append(literal: "ü😀") } == "ü😀")
    }

    @Test(
        "integers are written in decimal, to the ends of their ranges",
        arguments: [0, 1, 9, 10, 99, 100, 12_345, -1, -10, .max, .min] as [Int64])
    func decimals(value: Int64) {
        #expect(written { $0.append(decimal: value) } == String(value))
        #expect(written { $0.append(decimal: Int(value)) } == String(value))
        #expect(written { $0.append(decimal: value.magnitude) } == String(value.magnitude))
    }

    @Test("the greatest unsigned integer has all its twenty digits")
    func greatest() {
        #expect(written { $0.append(decimal: UInt64.max) } == "18446744073709551615")
    }

    @Test("a part of a span is appended as it is")
    func spans() {
        let source: [UInt8] = [1, 2, 3, 4]
        var bytes: [UInt8] = [0]
        bytes.append(span: source.span)
        bytes.append(span: source.span, in: 1..<3)
        bytes.append(span: source.span, in: 2..<2)
        #expect(bytes == [0, 1, 2, 3, 4, 2, 3])
    }

    @Test("a string becomes a JSON string with what must be escaped escaped, and nothing else")
    func jsonStrings() {
        #expect(written { $0.append(jsonString: "plain") } == "\"plain\"")
        #expect(written { $0.append(jsonString: "a\"b\\c/d\u{7F}é😀") } == "\"a\\\"b\\\\c/d\u{7F}é😀\"")
        #expect(written { $0.append(jsonString: "\n\r\t\u{08}\u{0C}\u{00}\u{1F}") } == #""\n\r\t\b\f\u0000\u001f""#)
    }

    @Test("an escape is found at every place of a word and in the rest after the last word", arguments: 0..<24)
    func escapePlaces(place: Int) {
        var text = Array(repeating: UInt8(ascii: "x"), count: 24)
        text[place] = UInt8(ascii: "\"")
        let expected = String(repeating: "x", count: place) + "\\\"" + String(repeating: "x", count: 23 - place)
        #expect(written { $0.append(escaping: text.span) } == expected)
    }

    @Test(
        "each maximal part of ill-formed UTF-8 becomes one replacement character",
        arguments: [
            ([0x61, 0x80, 0x62], "a\u{FFFD}b"),
            ([0xFF, 0xFE], "\u{FFFD}\u{FFFD}"),
            ([0xE2, 0x82, 0x58], "\u{FFFD}X"),
            ([0xC0, 0xAF, 0x7C, 0xE0, 0x80, 0xAF], "\u{FFFD}\u{FFFD}|\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xF0, 0x9F, 0x98], "\u{FFFD}"),
            ([0xF0, 0x9F, 0x98, 0x80], "😀"),
        ] as [([UInt8], String)])
    func repair(bytes: [UInt8], expected: String) {
        #expect(written { $0.append(escaping: bytes.span) } == expected)
    }
}

@Suite("UTF-8 validation")
struct UTF8ValidationTests {
    @Test("validation agrees with the standard library on every two-byte text and its like")
    func twoBytes() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let bytes = [first, second]
                #expect(isValid(bytes) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            }
        }
    }

    @Test("validation and repair agree with the standard library on random bytes", arguments: 0..<64)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // Bytes that make and break sequences, not evenly spread ones.
        let interesting: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF3, 0xF4,
            0xF5, 0xFF,
        ]
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                interesting.randomElement(using: &random)!
            }
            #expect(isValid(bytes) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            var repaired: [UInt8] = []
            repaired.append(escaping: bytes.span)
            #expect(String(decoding: repaired, as: UTF8.self) == String(decoding: bytes, as: UTF8.self), "\(bytes)")
            #expect(isValid(repaired))
        }
    }
}

/// `isValidUTF8` for expectations, whose macro takes no spans.
func isValid(_ bytes: [UInt8]) -> Bool { isValidUTF8(bytes.span) }
