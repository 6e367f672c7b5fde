/// What libFuzzer made up for one run: a text, with choices behind it.
///
/// Choices are taken from the end, so that a seed is the text itself, readable as what it is, and a few bytes more.
package struct Input {
    /// What no choice has taken.
    package private(set) var text: ArraySlice<UInt8>

    package init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        text = ArraySlice(UnsafeBufferPointer(start: start, count: count))
    }

    /// The last byte; 0 when nothing is left.
    package mutating func choice() -> Int {
        Int(text.popLast() ?? 0)
    }

    /// The first byte; nil when nothing is left. For inputs that are read as a script.
    package mutating func next() -> UInt8? {
        text.popFirst()
    }

    /// The first bytes, as many as there are of `count`.
    package mutating func next(_ count: Int) -> ArraySlice<UInt8> {
        let bytes = text.prefix(count)
        text = text.dropFirst(count)
        return bytes
    }
}
