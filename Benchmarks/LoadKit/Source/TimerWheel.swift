/// Who is to be woken when, to the millisecond: one ring of slots for any number of sleepers, turned by one timer.
/// Adding and waking cost the same however many sleep.
struct TimerWheel<Sleeper: AnyObject> {
    private struct Entry {
        let due: UInt64
        let sleeper: Sleeper
    }

    private static var slotCount: UInt64 { 1024 }

    private var slots: [[Entry]] = Array(repeating: [], count: Int(slotCount))
    /// Everything due before this millisecond has been woken.
    private var reached: UInt64
    private(set) var count = 0

    init(now: UInt64) { reached = now }

    var isEmpty: Bool { count == 0 }

    /// Nothing slept for a while: what is passed over need not be looked at.
    mutating func skip(to now: UInt64) {
        if isEmpty { reached = max(reached, now) }
    }

    /// `due` in milliseconds; what is past is due at the next turn.
    mutating func add(_ sleeper: Sleeper, due: UInt64) {
        let due = max(due, reached)
        slots[Int(due % Self.slotCount)].append(Entry(due: due, sleeper: sleeper))
        count += 1
    }

    /// Takes out all that are due by `now`, in the order of their milliseconds.
    mutating func takeDue(_ now: UInt64) -> [Sleeper] {
        var woken: [Sleeper] = []
        guard now >= reached else { return woken }
        // After a whole turn every slot has been seen.
        for millisecond in reached...max(reached, min(now, reached + Self.slotCount - 1)) {
            let slot = Int(millisecond % Self.slotCount)
            guard !slots[slot].isEmpty else { continue }
            var later: [Entry] = []
            for entry in slots[slot] {
                if entry.due <= now { woken.append(entry.sleeper) } else { later.append(entry) }
            }
            slots[slot] = later
        }
        reached = now + 1
        count -= woken.count
        return woken
    }
}
