/// A length of time as people write it: `500ms`, `10s`, `5m`, `1h`, `2d`, or `0`.
struct DurationArgument: Equatable, CustomStringConvertible {
    var milliseconds: UInt64

    /// The units, the largest first.
    private static let units: [(name: String, milliseconds: UInt64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    static let expected = "a duration such as 500ms, 10s, 5m or 1h"

    init(milliseconds: UInt64) {
        self.milliseconds = milliseconds
    }

    /// Nil unless `text` is a whole number and a unit (zero needs none).
    init?(_ text: String) {
        if text == "0" {
            milliseconds = 0
            return
        }
        guard let (number, name) = splitNumber(text), let unit = Self.units.first(where: { $0.name == name }) else {
            return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        milliseconds = product
    }

    /// In the largest unit that divides it.
    var description: String {
        guard let unit = Self.units.first(where: { milliseconds % $0.milliseconds == 0 }), milliseconds > 0 else {
            return "0"
        }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}

/// A decimal number and what follows it; nil where there is no number or it is too large. Signs are no part of a number.
func splitNumber(_ text: String) -> (number: UInt64, rest: String)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = UInt64(digits) else { return nil }
    return (number, String(text.dropFirst(digits.count)))
}
