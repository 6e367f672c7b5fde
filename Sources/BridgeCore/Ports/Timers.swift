/// Time as the loop knows it. Owned by the loop; called on its thread.
package protocol Timers: AnyObject {
    /// Monotonic milliseconds at the start of the current loop turn.
    var now: UInt64 { get }
    /// Wall-clock time in Unix milliseconds, at the start of the current turn.
    var unixMilliseconds: Int64 { get }
    /// Calls `body` once, at least `delay` milliseconds from now, from the loop and never from within this call.
    func schedule(after delay: UInt64, _ body: @escaping () -> Void) -> any ScheduledTimer
}

package protocol ScheduledTimer: AnyObject {
    /// After this, the body is not called and not held. Idempotent, also from within the body.
    func cancel()
}
