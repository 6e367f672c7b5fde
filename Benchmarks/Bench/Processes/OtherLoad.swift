import Foundation
import LoadKit

/// What the rest of the machine did while something was measured: on a busy one only ratios mean anything, and those little.
struct OtherLoad {
    /// More than this share of the machine in other hands is worth a remark.
    static let tolerable = 0.1

    private let startedAt = MonotonicClock.now()
    private let busy = Self.busyNanoseconds()
    private let ours: UInt64

    /// - Parameter source: CPU time of the source, which is not reaped while we run, ns.
    init(source: UInt64) { ours = Self.ownNanoseconds() + source }

    /// 0…1, of all cores, by processes that are not of this measurement. Those that it started must have ended.
    func share(source: UInt64) -> Double {
        let available = Double(MonotonicClock.now() - startedAt) * Double(ProcessInfo.processInfo.activeProcessorCount)
        let all = Double(Self.busyNanoseconds()) - Double(busy)
        let own = Double(Self.ownNanoseconds() + source) - Double(ours)
        return max(0, (all - own) / available)
    }

    /// Time that all processors together have not been idle: the first line of /proc/stat, without `idle` and `iowait`
    /// (proc(5)). `steal`, the time that a hypervisor gave to others, counts: it was not ours.
    private static func busyNanoseconds() -> UInt64 {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().compactMap { UInt64($0) }
        let ticks = fields.prefix(8).enumerated().reduce(UInt64(0)) { sum, field in
            field.offset == 3 || field.offset == 4 ? sum : sum + field.element
        }
        return ticks * (1_000_000_000 / UInt64(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// Of this process, and of all its children that have ended.
    private static func ownNanoseconds() -> UInt64 {
        [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue].reduce(0) { sum, who in
            var usage = rusage()
            getrusage(who, &usage)
            let seconds = UInt64(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            let microseconds = UInt64(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
            return sum + seconds * 1_000_000_000 + microseconds * 1_000
        }
    }
}
