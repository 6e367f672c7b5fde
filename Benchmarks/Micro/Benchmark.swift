/// Something that is done again and again. What it costs is the difference between `2 * count` units and `count`, so that
/// what it takes to start the process and to prepare the run cancels out.
struct Benchmark: Sendable {
    let name: String
    /// What one unit is, for the table.
    let unit: String
    /// Units to begin with: enough that what grows now and then (an array's storage) counts next to nothing.
    let count: Int
    /// Does so many units, and returns something that depends on all of them, so that nothing can be left out.
    let run: @Sendable (_ count: Int) -> Int

    /// One allocation a unit, by construction: if it is counted as anything else, the counting is broken.
    static let array = Benchmark(name: "an-array", unit: "array", count: 10_000) { count in
        var sum = 0
        for number in 0..<count { sum &+= allocate(number).count }
        return sum
    }

    @inline(never)
    private static func allocate(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 100 + number & 63)
    }
}
