import LoadKit
import UVLoop

/// The load's own event loop, and how a scenario waits on it: for a condition, never for a guess.
final class LoadLoop {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    let uv: UVLoop
    /// Wakes the loop, so that deadlines are seen.
    private let heartbeat: UVTimer

    init() throws {
        uv = try UVLoop()
        heartbeat = uv.makeTimer()
        heartbeat.start(after: 20, repeat: 20) {}
    }

    deinit { heartbeat.close() }

    /// Runs the loop until a condition is true, which is asked after every turn and has to be cheap.
    func wait(for what: String, seconds: Double = 60, until isTrue: () -> Bool) throws {
        let deadline = MonotonicClock.now() + UInt64(seconds * 1e9)
        while !isTrue() {
            guard MonotonicClock.now() < deadline else {
                throw TimedOut(description: "after \(Int(seconds)) s still waiting for \(what)")
            }
            uv.runOnce()
        }
    }

    /// Lets things come to rest: measures of memory and of idle time need a moment in which nothing happens.
    func rest(seconds: Double) {
        let end = MonotonicClock.now() + UInt64(seconds * 1e9)
        while MonotonicClock.now() < end { uv.runOnce() }
    }

    /// What is due now, so that a long loop of sends does not starve what comes back.
    func turn() { uv.runNoWait() }
}
