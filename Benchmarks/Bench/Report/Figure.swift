/// One number of a row: what it is, how much, of what.
struct Figure {
    enum Unit: String, Codable {
        case microseconds = "µs"
        case milliseconds = "ms"
        case seconds = "s"
        case kibibytes = "KiB"
        case mebibytes = "MiB"
        case count = ""
    }

    let name: String
    let value: Double
    let unit: Unit

    init(_ name: String, _ value: Double, _ unit: Unit) {
        self.name = name
        self.value = value
        self.unit = unit
    }

    init(_ name: String, count: Int) { self.init(name, Double(count), .count) }

    /// A time that is worth reading in milliseconds.
    init(_ name: String, nanoseconds: UInt64) { self.init(name, Double(nanoseconds) / 1e6, .milliseconds) }

    /// The value as people read it: three digits that mean something, and the unit.
    var text: String { Self.text(value, unit) }

    static func text(_ value: Double, _ unit: Unit) -> String {
        let number =
            unit == .count && value == value.rounded()
            ? String(Int(value)) : value.text(decimals: abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2)
        return unit == .count ? number : "\(number) \(unit.rawValue)"
    }
}

extension Double {
    /// With a fixed number of decimals, 0 to 3.
    func text(decimals: Int) -> String {
        let scale = [1.0, 10, 100, 1_000][decimals]
        let scaled = Int((abs(self) * scale).rounded())
        let whole = "\(self < 0 && scaled > 0 ? "-" : "")\(scaled / Int(scale))"
        guard decimals > 0 else { return whole }
        let fraction = String(scaled % Int(scale))
        return whole + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
