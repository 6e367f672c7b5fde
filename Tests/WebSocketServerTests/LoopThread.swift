import Foundation
import Synchronization
import UVLoop

/// A loop on a thread of its own, and the state that lives there. Tests reach the state by `perform` alone.
final class LoopThread<State>: Sendable {
    /// What the loop thread alone touches.
    private final class Box {
        var state: State?
    }

    // Both are written by the loop thread before `init` returns, and read there only.
    private nonisolated(unsafe) let box = Box()
    private let mailbox: Mutex<Mailbox?> = Mutex(nil)
    private let status: Mutex<Int32?> = Mutex(nil)
    private let ended = DispatchSemaphore(value: 0)

    struct Ended: Error {}

    /// Makes the state on the loop thread and runs the loop. Throws what `make` throws.
    init(_ make: @escaping @Sendable (UVLoop) throws -> State) throws {
        let started = DispatchSemaphore(value: 0)
        let failure: Failure = Failure()
        Thread.detachNewThread { [self] in
            do {
                let loop = try UVLoop()
                let mailbox = try loop.makeMailbox()
                do {
                    box.state = try make(loop)
                    self.mailbox.withLock { $0 = mailbox }
                } catch {
                    failure.error.withLock { $0 = error }
                    mailbox.close()
                }
                started.signal()
                loop.run()
                status.withLock { $0 = loop.close() }
            } catch {
                failure.error.withLock { $0 = error }
                started.signal()
            }
            ended.signal()
        }
        started.wait()
        if let error = failure.error.withLock({ $0 }) { throw error }
    }

    /// Runs `body` on the loop and waits for what it returns.
    func perform<R: Sendable>(_ body: @escaping @Sendable (State) throws -> R) throws -> R {
        let answer = Answer<R>()
        guard let mailbox = mailbox.withLock({ $0 }) else { throw Ended() }
        let isSent = mailbox.send { [self] in
            guard let state = box.state else { return }
            answer.result.withLock { $0 = Result { try body(state) } }
            answer.arrived.signal()
        }
        guard isSent else { throw Ended() }
        answer.arrived.wait()
        return try answer.result.withLock { try $0!.get() }
    }

    /// Has `end` close what the state holds, lets the loop run dry and closes it. `UVLoop.close()`'s status: 0, or
    /// `UV_EBUSY` where `end` forgot something.
    func end(_ end: @escaping @Sendable (State, _ done: @escaping () -> Void) -> Void) throws -> Int32 {
        guard let mailbox = mailbox.withLock({ $0 }) else { throw Ended() }
        mailbox.send { [self] in
            guard let state = box.state else { return }
            end(state) { [self] in
                box.state = nil
                mailbox.close()
            }
        }
        ended.wait()
        self.mailbox.withLock { $0 = nil }
        return status.withLock { $0 ?? -1 }
    }

    private final class Failure: Sendable {
        let error: Mutex<(any Error)?> = Mutex(nil)
    }

    private final class Answer<R: Sendable>: Sendable {
        let result: Mutex<Result<R, any Error>?> = Mutex(nil)
        let arrived = DispatchSemaphore(value: 0)
    }
}
