/// A count of tokens that somebody waits for, until it comes or its time is up: whichever is first settles it, once.
/// Owned by the counter's callback and by its timer; on the loop thread.
final class AwaitedCount {
    private var done: ((_ counts: [Int], _ isExact: Bool) -> Void)?
    private var timer: (any ScheduledTimer)?

    init(_ done: @escaping (_ counts: [Int], _ isExact: Bool) -> Void) { self.done = done }

    /// - Parameters:
    ///   - milliseconds: how long to wait from now on, where it is not settled yet.
    ///   - estimate: what serves then.
    func expire(after milliseconds: UInt64, _ timers: any Timers, estimate: @escaping () -> [Int]) {
        guard done != nil else { return }
        timer = timers.schedule(after: milliseconds) { [self] in settle(estimate(), isExact: false) }
    }

    /// What comes after the first time changes nothing.
    func settle(_ counts: [Int], isExact: Bool) {
        timer?.cancel()
        timer = nil
        let done = done
        self.done = nil
        done?(counts, isExact)
    }
}
