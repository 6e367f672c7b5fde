import Glibc
import Testing
import UVLoop

@Suite("Turns")
struct TurnTests {
    @Test("the end of a turn comes after its timers and does not keep the loop running")
    func turnEnd() throws {
        try withLoop { loop in
            var said: [String] = []
            let end = loop.onTurnEnd { said.append("end") }
            loop.makeTimer().start(after: 0) { said.append("timer") }
            loop.makeTimer().start(after: 1) { said.append("timer") }
            loop.run()
            #expect(said.first == "timer")
            #expect(said.filter { $0 == "timer" }.count == 2)
            #expect(said.last == "end")
            end.close()
        }
    }

    @Test("what a socket's report leaves to the turn's end is done before the loop waits again")
    func afterSockets() throws {
        try withLoop { loop in
            var isDirty = false
            var flushes = 0
            let end = loop.onTurnEnd {
                guard isDirty else { return }
                isDirty = false
                flushes += 1
                loop.stop()
            }
            let pair = try SocketPair()
            let poll = try loop.makePoll(fileDescriptor: pair.near)
            poll.start(.writable) { _, _ in
                isDirty = true
                poll.stop()
            }
            // Nothing else wakes the loop after the one report: only the flush ends it before the deadline does.
            let deadline = loop.makeTimer()
            deadline.start(after: 10_000) { loop.stop() }
            loop.run()
            #expect(flushes == 1)
            #expect(deadline.isRunning)
            deadline.close()
            poll.close()
            end.close()
        }
    }

    @Test("a turn's end may close itself from within")
    func closeInside() throws {
        try withLoop { loop in
            var count = 0
            var end: UVPrepare?
            end = loop.onTurnEnd {
                count += 1
                end?.close()
                end?.close()
            }
            for _ in 0..<3 {
                loop.makeTimer().start(after: 0) {}
                loop.runOnce()
            }
            #expect(count == 1)
            end = nil
        }
    }

    @Test("stop ends a run in its turn, and the loop can run again")
    func stop() throws {
        try withLoop { loop in
            let timer = loop.makeTimer()
            var count = 0
            timer.start(after: 0, repeat: 1) {
                count += 1
                if count.isMultiple(of: 2) { loop.stop() }
            }
            loop.run()
            #expect(count == 2)
            loop.run()
            #expect(count == 4)
            timer.close()
        }
    }

    @Test("the wall clock agrees with the system's and stands still within a turn")
    func wallClock() throws {
        try withLoop { loop in
            var readings: [Int64] = []
            loop.makeTimer().start(after: 0) {
                readings.append(loop.unixMilliseconds)
                let start = loop.now
                // A turn of some length: the system's clock moves on, the turn's does not.
                var before = timespec()
                var after = timespec()
                clock_gettime(CLOCK_MONOTONIC, &before)
                repeat {
                    clock_gettime(CLOCK_MONOTONIC, &after)
                } while after.tv_nsec / 1_000_000
                    == before.tv_nsec / 1_000_000
                readings.append(loop.unixMilliseconds)
                #expect(loop.now == start)
            }
            loop.run()
            #expect(readings.count == 2 && readings[0] == readings[1])
            let system = Int64(time(nil)) * 1_000
            #expect(abs(system - readings[0]) < 5_000)
        }
    }
}

@Suite("Signals", .serialized)
struct SignalTests {
    @Test("a signal of the process reaches the loop each time, and close gives its default action back")
    func arrives() throws {
        try withLoop { loop in
            var count = 0
            // SIGWINCH, whose default action is to do nothing: no other test can die of it.
            let signal = try loop.makeSignal(SIGWINCH) { count += 1 }
            kill(getpid(), SIGWINCH)
            loop.run(until: { count == 1 })
            kill(getpid(), SIGWINCH)
            loop.run(until: { count == 2 })
            signal.close()
            signal.close()
            kill(getpid(), SIGWINCH)
            loop.runNoWait()
            #expect(count == 2)
        }
    }

    @Test("a signal that this thread has blocked, as an inherited mask may, arrives all the same")
    func blocked() throws {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGWINCH)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        try withLoop { loop in
            var count = 0
            let signal = try loop.makeSignal(SIGWINCH) { count += 1 }
            pthread_kill(pthread_self(), SIGWINCH)
            loop.run(until: { count == 1 })
            signal.close()
        }
    }

    @Test("a signal that cannot be caught is refused")
    func refused() throws {
        try withLoop { loop in
            #expect(throws: UVError.self) { try loop.makeSignal(SIGKILL) {} }
        }
    }
}

@Suite("The end of a loop")
struct EndTests {
    @Test("a loop with open handles does not close, names them, and closes once they are closed")
    func busy() throws {
        let loop = try UVLoop()
        let timer = loop.makeTimer()
        timer.start(after: 60_000) {}
        let mailbox = try loop.makeMailbox()
        #expect(loop.close() != 0)
        #expect(loop.openHandles.sorted() == ["async (active)", "timer (active)"])
        timer.close()
        mailbox.close()
        #expect(loop.close() == 0)
        #expect(loop.openHandles.isEmpty)
        #expect(loop.close() == 0)
    }

    @Test("a handle let go of closes by itself")
    func letGo() throws {
        try withLoop { loop in
            do {
                _ = loop.makeTimer()
                _ = loop.onTurnEnd {}
                let pair = try SocketPair()
                _ = try loop.makePoll(fileDescriptor: pair.near)
            }
            #expect(loop.openHandles.isEmpty)
        }
    }
}
