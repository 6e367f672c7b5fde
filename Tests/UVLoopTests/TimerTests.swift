import Testing
import UVLoop

@Suite("Timers")
struct TimerTests {
    @Test("timers fire in the order of their times, not before them")
    func order() throws {
        try withLoop { loop in
            var fired: [UInt64] = []
            let start = loop.now
            for delay in [30, 0, 20, 10] as [UInt64] {
                loop.makeTimer().start(after: delay) {
                    fired.append(delay)
                    #expect(loop.now >= start + delay)
                }
            }
            #expect(fired.isEmpty)
            loop.run()
            #expect(fired == [0, 10, 20, 30])
        }
    }

    @Test("a one-shot timer that nobody keeps fires once and closes itself")
    func unowned() throws {
        try withLoop { loop in
            var count = 0
            weak var timer: UVTimer?
            do {
                let made = loop.makeTimer()
                made.start(after: 1) { count += 1 }
                timer = made
            }
            #expect(timer?.isRunning == true)
            loop.run()
            #expect(count == 1)
            #expect(timer == nil)
        }
    }

    @Test("a repeating timer goes on until it is stopped from within its body")
    func repeating() throws {
        try withLoop { loop in
            var count = 0
            let timer = loop.makeTimer()
            timer.start(after: 1, repeat: 1) {
                count += 1
                if count == 3 { timer.stop() }
            }
            loop.run()
            #expect(count == 3)
            #expect(!timer.isRunning)
        }
    }

    @Test("a restart replaces time and body, and a one-shot may start itself again from within its body")
    func restart() throws {
        try withLoop { loop in
            var said: [String] = []
            let timer = loop.makeTimer()
            timer.start(after: 0) { said.append("replaced") }
            timer.start(after: 1) {
                said.append("first")
                timer.start(after: 1) { said.append("second") }
            }
            loop.run()
            #expect(said == ["first", "second"])
        }
    }

    @Test("after stop or close the body is neither called nor held, and close may come twice and from within the body")
    func release() throws {
        try withLoop { loop in
            final class Token {}
            weak var held: Token?
            let stopped = loop.makeTimer()
            do {
                let token = Token()
                held = token
                stopped.start(after: 0) { Issue.record("fired with \(token)") }
            }
            #expect(held != nil)
            stopped.stop()
            #expect(held == nil)

            let closed = loop.makeTimer()
            var count = 0
            closed.start(after: 0, repeat: 1) {
                count += 1
                closed.close()
                closed.close()
            }
            loop.run()
            closed.start(after: 0) { Issue.record("started after close") }
            loop.run()
            #expect(count == 1)
        }
    }

    @Test("ten thousand one-shot timers all fire and leave nothing behind")
    func many() throws {
        try withLoop { loop in
            var count = 0
            for index in 0..<10_000 {
                let timer = loop.makeTimer()
                timer.start(after: UInt64(index % 50)) { count += 1 }
                if index.isMultiple(of: 10) { timer.stop() }
            }
            loop.run()
            #expect(count == 9_000)
        }
    }
}
