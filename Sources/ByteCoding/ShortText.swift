/// A few bytes put together on the stack, to be appended in one move: an array's `append` costs 70 instructions, however few
/// bytes it is about.
package struct ShortText {
    /// What fits; whoever writes knows that it does. (Three numbers of twenty digits and their names, as frames have them.)
    package static let capacity = 120

    private var bytes = InlineArray<120, UInt8>(repeating: 0)
    package private(set) var count = 0

    package init() {}

    package var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(first: count) }
    }

    package mutating func append(_ literal: StaticString) {
        for index in 0..<literal.utf8CodeUnitCount {
            // Unsafe: a literal's bytes are only reachable by pointer; the loop's range is the bound.
            bytes[count] = unsafe literal.utf8Start[index]
            count += 1
        }
    }

    /// Appends a number's decimal digits.
    package mutating func append(_ number: UInt64) {
        var digits = 1
        var limit: UInt64 = 10
        while number >= limit, digits < 20 {
            digits += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            limit = overflow ? .max : next
        }
        var rest = number
        for index in stride(from: count + digits - 1, through: count, by: -1) {
            bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }
}
