/// A size as people write it: `65536`, `64KiB`, `1MiB`, `1GiB`. Powers of two only, since `kB` means two things.
struct ByteSizeArgument: Equatable, CustomStringConvertible {
    var bytes: UInt64

    /// The units, the largest first.
    private static let units: [(name: String, bytes: UInt64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1), ("", 1),
    ]

    static let expected = "a size such as 65536, 64KiB, 8MiB or 1GiB"

    init(bytes: UInt64) {
        self.bytes = bytes
    }

    /// Nil unless `text` is a whole number, with a unit or without (bytes).
    init?(_ text: String) {
        guard let (number, name) = splitNumber(text), let unit = Self.units.first(where: { $0.name == name }) else {
            return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        guard !overflow else { return nil }
        bytes = product
    }

    /// In the largest unit that divides it.
    var description: String {
        guard bytes > 0, let unit = Self.units.first(where: { $0.bytes > 1 && bytes % $0.bytes == 0 }) else {
            return "\(bytes)"
        }
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
