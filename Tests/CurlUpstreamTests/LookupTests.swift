import BridgeCore
import BridgeTestKit
import CurlUpstream
import Glibc
import Testing
import UVLoop

@Suite("Name lookups", .serialized)
struct LookupTests {
    /// Far below the resolver's own timeouts, which begin at 5 s.
    private let patience = 1_000

    @Test("a transfer is cancelled during a lookup that hangs: the loop does not wait for it")
    func cancel() throws {
        try Bench.with { bench in
            let lookup = try StalledLookup()
            let recorder = Recorder()
            bench.start(recorder, url: "http://\(StalledLookup.host)/")
            bench.runPolling(until: { lookup.isAsked })
            let before = milliseconds()
            recorder.transfer?.cancel()
            #expect(milliseconds() - before < patience)
            bench.runIdleTurns()
            #expect(recorder.events.isEmpty)
        }
    }

    @Test("other transfers go on during a lookup that hangs")
    func others() throws {
        try Bench.with { bench in
            let lookup = try StalledLookup()
            bench.server.always(.chat(["Hi"]))
            let stalled = Recorder()
            bench.start(stalled, url: "http://\(StalledLookup.host)/")
            bench.runPolling(until: { lookup.isAsked })
            let before = milliseconds()
            let recorder = Recorder()
            bench.complete(recorder)
            #expect(recorder.failure == nil)
            #expect(milliseconds() - before < patience)
            #expect(stalled.events.isEmpty)
            stalled.transfer?.cancel()
        }
    }

    @Test("the upstream closes during a lookup that hangs, and leaves nothing open")
    func shutdown() throws {
        let lookup = try {
            TestEnvironment.begin()
            return try StalledLookup()
        }()
        let recorder = Recorder()
        var before = 0
        try Bench.with { bench in
            bench.start(recorder, url: "http://\(StalledLookup.host)/")
            bench.runPolling(until: { lookup.isAsked })
            before = milliseconds()
        }
        #expect(milliseconds() - before < patience)
        #expect(recorder.events.isEmpty)
    }
}

private func milliseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}
