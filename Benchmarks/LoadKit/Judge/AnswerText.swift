/// The text that a `PacedSource` streams, as far as it has been sent or seen: for every delta `INDEX:STAMP`, padding, and a
/// space; INDEX counts from 0, STAMP is the `MonotonicClock` at which it was made. Source and judge both keep one, and
/// where the two are equal, the bytes were.
package struct AnswerText: Equatable {
    /// Deltas so far.
    package private(set) var count = 0
    /// FNV-1a of the bytes so far, JSON-escaped as they travel.
    package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    /// Takes whole deltas. Where `latencies` is given, the age of each at `now` goes there.
    /// - Parameter text: still JSON-escaped.
    package mutating func take(
        _ text: Span<UInt8>, now: UInt64 = 0, latencies: Latencies? = nil
    ) throws(Violation) {
        var position = 0
        while position < text.count {
            let index = Self.number(text, &position)
            guard let index, position < text.count, text[position] == UInt8(ascii: ":") else {
                throw Violation("delta \(count) of an answer does not begin with its index")
            }
            guard index == count else { throw Violation("delta \(index) of an answer where \(count) was due") }
            position += 1
            guard let stamp = Self.number(text, &position) else { throw Violation("delta \(index) has no stamp") }
            while position < text.count, text[position] != UInt8(ascii: " ") { position += 1 }
            guard position < text.count else { throw Violation("delta \(index) has no end") }
            position += 1
            count += 1
            latencies?.record(now > stamp ? now - stamp : 0)
        }
        for position in text.indices { hash = (hash ^ UInt64(text[position])) &* 0x100_0000_01B3 }
    }

    /// What the source counts without reading it again.
    mutating func add(_ delta: ArraySlice<UInt8>) {
        count += 1
        for byte in delta { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    @inline(__always)
    private static func number(_ text: Span<UInt8>, _ position: inout Int) -> UInt64? {
        let start = position
        var number: UInt64 = 0
        while position < text.count, position - start < 19 {
            let digit = text[position] &- 0x30
            guard digit < 10 else { break }
            number = number &* 10 &+ UInt64(digit)
            position += 1
        }
        return position > start ? number : nil
    }
}
