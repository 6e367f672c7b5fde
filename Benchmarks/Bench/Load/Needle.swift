/// Eight bytes to look for in many: one unaligned load and one comparison a place.
struct Needle {
    private let word: UInt64

    /// - Parameter text: eight ASCII characters.
    init(_ text: StaticString) {
        precondition(text.utf8CodeUnitCount == 8, "a needle is eight bytes long")
        word = UnsafeRawPointer(text.utf8Start).loadUnaligned(as: UInt64.self)
    }

    /// Where the first one ends, from `start` on; nil where there is none.
    func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
        guard bytes.count >= 8, let base = bytes.baseAddress else { return nil }
        let raw = UnsafeRawPointer(base)
        var place = start
        while place <= bytes.count - 8 {
            if raw.loadUnaligned(fromByteOffset: place, as: UInt64.self) == word { return place + 8 }
            place += 1
        }
        return nil
    }
}
