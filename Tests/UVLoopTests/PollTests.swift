import Glibc
import Testing
import UVLoop

@Suite("Poll handles")
struct PollTests {
    @Test("readable is reported while there is something to read, again in each turn, and not after it was read")
    func readable() throws {
        try withLoop { loop in
            let pair = try SocketPair()
            let poll = try loop.makePoll(fileDescriptor: pair.near)
            var reports = 0
            poll.start(.readable) { status, events in
                #expect(status == 0)
                #expect(events == .readable)
                reports += 1
                if reports == 2 { #expect(pair.read() == 2) }
            }
            pair.write("hi")
            loop.run(until: { reports == 2 })
            loop.runNoWait()
            #expect(reports == 2)
            poll.close()
        }
    }

    @Test("start again replaces the events and the body")
    func replace() throws {
        try withLoop { loop in
            let pair = try SocketPair()
            let poll = try loop.makePoll(fileDescriptor: pair.near)
            poll.start(.readable) { _, _ in Issue.record("the body was replaced") }
            var seen: UVPoll.Events = []
            poll.start([.readable, .writable]) { _, events in seen.formUnion(events) }
            loop.run(until: { seen == .writable })
            pair.write("x")
            loop.run(until: { seen == [.readable, .writable] })
            poll.close()
        }
    }

    @Test("a peer that shuts down is reported to who asked for it")
    func disconnect() throws {
        try withLoop { loop in
            let pair = try SocketPair()
            let poll = try loop.makePoll(fileDescriptor: pair.near)
            var seen: UVPoll.Events = []
            poll.start(.disconnect) { _, events in
                seen = events
                poll.stop()
            }
            pair.closeFar()
            loop.run()
            #expect(seen.contains(.disconnect))
            poll.close()
        }
    }

    @Test("close from within the body ends the reports, and the descriptor's number may be watched anew at once")
    func closeInside() throws {
        try withLoop { loop in
            let pair = try SocketPair()
            let first = try loop.makePoll(fileDescriptor: pair.near)
            var second: UVPoll?
            var reports: [String] = []
            first.start(.writable) { _, _ in
                reports.append("first")
                first.close()
                second = try? loop.makePoll(fileDescriptor: pair.near)
                second?.start(.writable) { _, _ in
                    reports.append("second")
                    second?.close()
                }
            }
            loop.run()
            #expect(reports == ["first", "second"])
            second = nil
        }
    }

    @Test("a descriptor that cannot be watched is refused with libuv's reason")
    func refused() throws {
        try withLoop { loop in
            let file = open("/proc/self/status", O_RDONLY)
            defer { Glibc.close(file) }
            let error = #expect(throws: UVError.self) { try loop.makePoll(fileDescriptor: file) }
            #expect(error?.operation == "uv_poll_init")
            #expect(error?.description == "uv_poll_init: operation not permitted (EPERM)")
        }
    }
}
