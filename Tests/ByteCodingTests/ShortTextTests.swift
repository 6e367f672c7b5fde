import ByteCoding
import Testing

@Suite("Short texts and same bytes")
struct ShortTextTests {
    @Test("numbers are written with all their digits and no more")
    func numbers() {
        for number: UInt64 in [0, 1, 9, 10, 11, 99, 100, 101, 999_999, 1_000_000, .max / 10, .max - 1, .max] {
            var text = ShortText()
            text.append(number)
            text.append(",")
            text.append(number)
            #expect(String(decoding: Array(text), as: UTF8.self) == "\(number),\(number)")
        }
    }

    @Test("a difference is seen wherever it is, and none is seen where there is none")
    func same() {
        for count in 0...80 {
            let other = (0..<count).map { UInt8($0) }
            let bytes: [UInt8] = [7, 7, 7] + other + [7]
            let isThere = bytes.span.holds(other.span, at: 3)
            #expect(isThere)
            for place in 0..<count {
                var changed = other
                changed[place] ^= 0x80
                let isStillThere = bytes.span.holds(changed.span, at: 3)
                #expect(!isStillThere, "\(place) of \(count)")
            }
        }
    }
}

extension [UInt8] {
    fileprivate init(_ text: ShortText) {
        self = []
        append(span: text.span)
    }
}
