internal import Glibc

/// CLOCK_MONOTONIC, which all processes of a machine share: a stamp made by the source can be read by any tab.
package enum MonotonicClock {
    /// Nanoseconds since some moment before the machine's start.
    package static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
