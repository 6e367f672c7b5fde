import Foundation
import LoadKit
import UVLoop

/// The acts of a play, one after another.
extension Play {
    /// Plays it all, and says what was seen. Throws where the play itself could not go on.
    func run() throws -> Report {
        var report = Report(seed: command.seed)
        try probe()
        guard let before = server.figures else { throw ServedProgram.Failure(description: "the server is gone") }
        var meter = Meter(before)
        let started = MonotonicClock.now()
        begin { [unowned self] in
            guard let figures = server.figures else { return }
            samples.append(meter.sample(self, figures, since: started))
        }
        runLoop(seconds: command.minutes * 60) { self.hasSeenEnough }
        report.playedSamples = samples.count

        calm()
        if !runLoop(seconds: 60, until: { self.tabs.allSatisfy { $0.phase != .here || $0.isAtRest } }) {
            for tab in tabs where tab.phase == .here && !tab.isAtRest {
                tab.complain("still waits for \(tab.pending.keys.sorted()), or sees requests run")
            }
        }
        leaveAll()
        try comeDown(to: before, &report)
        stop()
        endServer(&report)
        source.close()
        let status = loop.close()
        if status != 0 { complain("the soak's own loop has open: \(loop.openHandles)", []) }
        report.take(self)
        return report
    }

    /// Turns the loop until `condition` holds; false where it did not within `seconds`.
    @discardableResult
    private func runLoop(seconds: Double, until condition: () -> Bool) -> Bool {
        let deadline = MonotonicClock.now() + UInt64(seconds * 1e9)
        // Something must wake the loop when nothing happens.
        let pulse = loop.makeTimer()
        pulse.start(after: 10, repeat: 10) {}
        defer { pulse.close() }
        while !condition() {
            guard MonotonicClock.now() < deadline else { return false }
            loop.runOnce()
        }
        return true
    }

    /// One tab asks one thing and goes: the server then holds what it will always hold, one connection to the source, and
    /// has closed those to the source that were dead.
    private func probe() throws {
        let probe = Probe(loop: loop, port: server.port)
        guard runLoop(seconds: 20, until: { probe.hasEnded }), probe.isRight else {
            throw ServedProgram.Failure(description: "a first request was not answered")
        }
    }

    private func leaveAll() {
        for tab in tabs where tab.phase == .here {
            if tab.number.isMultiple(of: 2) { tab.closePolitely() } else { tab.cut() }
        }
        if !runLoop(seconds: 10, until: { self.tabs.allSatisfy { $0.phase == .away } }) {
            complain("some tabs' close was never answered", [])
        }
        if !runLoop(seconds: 20, until: { self.source.counts.running == 0 }) {
            complain("\(source.counts.running) transfers still run although no tab is there", [])
        }
    }

    /// Everybody has gone: what the server holds must be what it held before they came.
    private func comeDown(to before: ProcessFigures, _ report: inout Report) throws {
        guard server.isRunning else { return }
        source.dropIdleConnections()
        // curl looks for dead connections when one is asked for, once a second at most.
        // Sessions are forgotten meanwhile.
        runLoop(seconds: ServedProgram.sessionTTL + 5) { false }
        try probe()
        let isBack = runLoop(seconds: 30) { self.server.figures.map { $0.descriptors <= before.descriptors } ?? true }
        let after = server.figures
        report.descriptorsBefore = before.descriptors
        report.descriptorsAfter = after?.descriptors ?? 0
        report.residentBefore = before.residentBytes
        report.residentAfter = after?.residentBytes ?? 0
        if !isBack {
            complain("\(report.descriptorsAfter) descriptors, where \(before.descriptors) were open at the start", [])
        }
    }

    private func endServer(_ report: inout Report) {
        if !server.isRunning {
            complain("the server ended by itself: \(server.exitStatus ?? 0)", [])
            return
        }
        server.terminate()
        runLoop(seconds: 20) { !self.server.isRunning }
        report.exitStatus = server.exitStatus
        if report.exitStatus != 0 {
            complain("SIGTERM was answered by \(report.exitStatus.map { "exit status \($0)" } ?? "nothing")", [])
        }
    }
}
