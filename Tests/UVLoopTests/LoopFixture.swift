import Testing
import UVLoop

/// Runs `body` with a loop, then expects the loop to close without anything left open.
func withLoop(_ body: (UVLoop) throws -> Void) throws {
    let loop = try UVLoop()
    try body(loop)
    let status = loop.close()
    #expect(status == 0, "still open: \(loop.openHandles)")
}

extension UVLoop {
    /// Runs turns until `condition` holds; after `seconds` it gives up, which is a failure.
    /// The condition is looked at after each wait: one that only `onTurnEnd` makes true is seen after the next event.
    func run(
        seconds: UInt64 = 10, until condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var isLate = false
        let deadline = makeTimer()
        deadline.start(after: seconds * 1_000) { isLate = true }
        defer { deadline.close() }
        while !condition() {
            guard !isLate else {
                Issue.record("waited \(seconds) s in vain", sourceLocation: sourceLocation)
                return
            }
            runOnce()
        }
    }
}
