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
    /// Runs turns until `condition` holds at the end of one; after `seconds` it gives up, which is a failure.
    func run(
        seconds: UInt64 = 10, until condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let deadline = makeTimer()
        deadline.start(after: seconds * 1_000) {
            Issue.record("waited \(seconds) s in vain", sourceLocation: sourceLocation)
            self.stop()
        }
        withoutActuallyEscaping(condition) { condition in
            let turnEnd = onTurnEnd { if condition() { self.stop() } }
            run()
            turnEnd.close()
        }
        deadline.close()
    }
}
