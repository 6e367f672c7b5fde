/// A histogram of nanoseconds, log-linear and of fixed size: 32 steps in every power of two, so that a figure read from it is
/// at most 3.2 % above the true one. 15 KB, whatever is recorded, and shared by all who record into it, on one thread;
/// recording costs a few instructions.
package final class Latencies {
    private static let stepBits = 5
    private static let steps = 1 << stepBits

    private var counts = [UInt64](repeating: 0, count: (64 - stepBits + 1) * steps)
    package private(set) var count: UInt64 = 0
    /// The greatest, exact; 0 where nothing was recorded.
    package private(set) var max: UInt64 = 0

    package init() {}

    package func record(_ nanoseconds: UInt64) {
        counts[Self.slot(nanoseconds)] += 1
        count += 1
        if nanoseconds > max { max = nanoseconds }
    }

    /// Adds what another one has recorded.
    package func add(_ other: Latencies) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        max = Swift.max(max, other.max)
    }

    package func removeAll() {
        for index in counts.indices { counts[index] = 0 }
        count = 0
        max = 0
    }

    /// The value that `share` of all (0…1) do not exceed, rounded up to its step's end; 0 where nothing was recorded.
    package func quantile(_ share: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let rank = Swift.max(1, UInt64((share * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (slot, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return Swift.min(max, Self.upperBound(slot)) }
        }
        return max
    }

    package var p50: UInt64 { quantile(0.5) }
    package var p99: UInt64 { quantile(0.99) }

    /// Values below 32 have a slot each; from there on, the five bits after the highest one choose the step.
    private static func slot(_ value: UInt64) -> Int {
        guard value >= steps else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let step = Int(value >> (exponent - stepBits)) & (steps - 1)
        return (exponent - stepBits + 1) * steps + step
    }

    private static func upperBound(_ slot: Int) -> UInt64 {
        guard slot >= 2 * steps else { return UInt64(slot) }
        let shift = slot / steps - 1
        return (UInt64(steps + slot % steps) << shift) + ((1 << shift) - 1)
    }
}
