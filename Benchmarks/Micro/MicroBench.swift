/// `micro-bench`: the work of the quiet rooms, in loops, to be counted from outside (`scripts/bench-micro`).
///
///     micro-bench              lists the benchmarks: name, unit, how many units to begin with
///     micro-bench NAME COUNT   does so many units of one
///
/// It takes no time itself: what is compared are instructions and allocations, which repeat where seconds do not.
@main
enum MicroBench {
    static let all = [Benchmark.array] + Benchmark.parsing + Benchmark.log + Benchmark.core + Benchmark.tokens

    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first else {
            for benchmark in all { print(benchmark.name, benchmark.unit, benchmark.count, separator: "\t") }
            return
        }
        guard let benchmark = all.first(where: { $0.name == name }), let count = arguments.last.flatMap({ Int($0) })
        else { fatalError("usage: micro-bench [NAME COUNT]") }
        print(name, count, benchmark.run(count), separator: "\t")
    }
}
