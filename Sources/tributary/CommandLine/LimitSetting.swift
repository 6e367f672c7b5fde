import BridgeCore

/// One limit as a setting: its flag (and with it its environment variable), where it goes, what it may be, what it is for.
///
/// The defaults are those of `Limits`; this table only says how people reach them.
struct LimitSetting: Sendable {
    typealias AmountPath = any WritableKeyPath<Limits, Int> & Sendable
    typealias TimePath = any WritableKeyPath<Limits, UInt64> & Sendable

    enum Target: Sendable {
        case bytes(AmountPath)
        case count(AmountPath)
        case milliseconds(TimePath)
    }

    /// The flag without its dashes.
    var name: String
    var target: Target
    /// Smallest and largest value, in bytes, pieces or milliseconds.
    var range: ClosedRange<UInt64>
    /// The reason, for `--help`.
    var help: String

    /// A size in bytes. From 1 KiB and up to 1 GiB unless said otherwise: positions in a log's tail are 32 bits wide.
    static func bytes(
        _ name: String, _ path: AmountPath, atLeast least: Int = 1024, upTo most: UInt64 = 1 << 30, _ help: String
    ) -> LimitSetting {
        LimitSetting(name: name, target: .bytes(path), range: UInt64(least)...most, help: help)
    }

    static func count(
        _ name: String, _ path: AmountPath, _ help: String
    ) -> LimitSetting {
        LimitSetting(name: name, target: .count(path), range: 1...10_000_000, help: help)
    }

    /// A time; at most a year, so that sums of times cannot overflow.
    static func time(
        _ name: String, _ path: TimePath, atLeast least: UInt64 = 1, _ help: String
    ) -> LimitSetting {
        LimitSetting(name: name, target: .milliseconds(path), range: least...31_536_000_000, help: help)
    }

    /// What people read as the setting's value.
    func text(in limits: Limits) -> String {
        switch target {
        case .bytes(let path): ByteSizeArgument(bytes: UInt64(limits[keyPath: path])).description
        case .count(let path): "\(limits[keyPath: path])"
        case .milliseconds(let path): DurationArgument(milliseconds: limits[keyPath: path]).description
        }
    }

    func set(_ given: GivenSetting, in limits: inout Limits) throws(SettingError) {
        switch target {
        case .bytes(let path):
            guard let size = ByteSizeArgument(given.text) else {
                throw given.error(expected: ByteSizeArgument.expected)
            }
            limits[keyPath: path] = Int(try checked(size.bytes, given) { ByteSizeArgument(bytes: $0).description })
        case .count(let path):
            guard let (count, rest) = splitNumber(given.text), rest.isEmpty else {
                throw given.error(expected: "a whole number")
            }
            limits[keyPath: path] = Int(try checked(count, given) { "\($0)" })
        case .milliseconds(let path):
            guard let time = DurationArgument(given.text) else {
                throw given.error(expected: DurationArgument.expected)
            }
            limits[keyPath: path] = try checked(time.milliseconds, given) {
                DurationArgument(milliseconds: $0).description
            }
        }
    }

    private func checked(
        _ value: UInt64, _ given: GivenSetting, _ describe: (UInt64) -> String
    ) throws(SettingError) -> UInt64 {
        guard range.contains(value) else {
            throw given.error(
                expected: "within its range: \(describe(range.lowerBound)) to \(describe(range.upperBound))")
        }
        return value
    }
}
