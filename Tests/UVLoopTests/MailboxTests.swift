import Glibc
import Synchronization
import Testing
import UVLoop

/// What jobs leave behind for the test to look at.
private final class Ledger: Sendable {
    private let state = Mutex<[Int]>([])
    func note(_ value: Int) { state.withLock { $0.append(value) } }
    var values: [Int] { state.withLock { $0 } }
}

/// A thread that is joined by who started it.
private final class Thread {
    private var handle = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: @Sendable () -> Void; init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let box = Unmanaged.passRetained(Box(body)).toOpaque()
        pthread_create(
            &handle, nil,
            {
                Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().body(); return nil
            }, box)
    }

    func join() { pthread_join(handle, nil) }
}

@Suite("Mailbox")
struct MailboxTests {
    @Test("jobs of another thread run on the loop, in order, and never from within send")
    func otherThread() throws {
        try withLoop { loop in
            let mailbox = try loop.makeMailbox()
            let ledger = Ledger()
            let loopThread = pthread_self()
            let thread = Thread {
                for value in 0..<1_000 {
                    mailbox.send {
                        #expect(pthread_equal(pthread_self(), loopThread) != 0)
                        ledger.note(value)
                    }
                }
            }
            loop.run(until: { ledger.values.count == 1_000 })
            thread.join()
            #expect(ledger.values == Array(0..<1_000))

            mailbox.send { ledger.note(-1) }
            #expect(ledger.values.count == 1_000)
            loop.run(until: { ledger.values.count == 1_001 })
            mailbox.close()
        }
    }

    @Test("a job sent from within a job runs in a later delivery, so that the loop's other work has its turn")
    func fromWithin() throws {
        try withLoop { loop in
            let mailbox = try loop.makeMailbox()
            let ledger = Ledger()
            mailbox.send {
                mailbox.send { ledger.note(2) }
                ledger.note(1)
            }
            loop.runOnce()
            #expect(ledger.values == [1])
            loop.run(until: { ledger.values == [1, 2] })
            mailbox.close()
        }
    }

    @Test("a full mailbox says so and takes jobs again once it was emptied")
    func full() throws {
        try withLoop { loop in
            let mailbox = try loop.makeMailbox(capacity: 2)
            let ledger = Ledger()
            #expect(mailbox.send { ledger.note(1) })
            #expect(mailbox.send { ledger.note(2) })
            #expect(!mailbox.send { ledger.note(3) })
            loop.run(until: { ledger.values == [1, 2] })
            #expect(mailbox.send { ledger.note(4) })
            loop.run(until: { ledger.values == [1, 2, 4] })
            mailbox.close()
        }
    }

    @Test("after close nothing is taken, nothing that waited is called, and nothing is held")
    func closed() throws {
        try withLoop { loop in
            let ledger = Ledger()
            weak var held: Mailbox?
            do {
                let mailbox = try loop.makeMailbox()
                held = mailbox
                mailbox.send {
                    ledger.note(1)
                }
                mailbox.close()
                mailbox.close()
                #expect(!mailbox.send { ledger.note(2) })
            }
            #expect(held == nil)
            loop.runNoWait()
            #expect(ledger.values.isEmpty)
        }
    }

    @Test("threads may send while the loop closes the mailbox: what was refused does not run")
    func race() throws {
        try withLoop { loop in
            let mailbox = try loop.makeMailbox()
            let sent = Ledger()
            let ran = Ledger()
            let threads = (0..<4).map { number in
                Thread {
                    var value = number * 1_000_000
                    while mailbox.send({ [value] in ran.note(value) }) {
                        sent.note(value)
                        value += 1
                    }
                }
            }
            loop.run(until: { ran.values.count >= 1_000 })
            mailbox.close()
            for thread in threads { thread.join() }
            let taken = Set(sent.values)
            #expect(ran.values.allSatisfy { taken.contains($0) })
        }
    }
}
