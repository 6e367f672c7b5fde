import LoadKit

/// One tab's account of one answer of the paced source, whose deltas read `INDEX:STAMP`, padding, and a space: which came,
/// which are missing, which came twice. It counts where a judge would refuse, because a peer may lose some.
struct AnswerLedger {
    /// How many deltas the answer has.
    let expected: Int
    /// The index that is due.
    private(set) var next: Int
    private(set) var lost = 0
    private(set) var doubled = 0

    /// - Parameter next: where a tab that comes back goes on.
    init(expected: Int, next: Int = 0) {
        self.expected = expected
        self.next = next
    }

    var isComplete: Bool { next >= expected }

    /// Takes the deltas of a text, from `position` to the quote that ends it (their bytes need no JSON escape), and gives the
    /// age of each. Returns where it stopped.
    mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>, from position: Int, now: UInt64, onDelta: (_ age: UInt64) -> Void
    ) -> Int {
        var position = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            let index = Self.number(bytes, &position)
            guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { return position }
            position += 1
            let stamp = Self.number(bytes, &position)
            while position < bytes.count, bytes[position] != UInt8(ascii: " ") { position += 1 }
            position += 1
            note(Int(index))
            onDelta(now > stamp ? now - stamp : 0)
        }
        return position
    }

    private mutating func note(_ index: Int) {
        if index < next {
            doubled += 1
        } else {
            lost += index - next
            next = index + 1
        }
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> UInt64 {
        var number: UInt64 = 0
        while position < bytes.count, case let digit = bytes[position] &- 0x30, digit < 10 {
            number = number &* 10 &+ UInt64(digit)
            position += 1
        }
        return number
    }
}
