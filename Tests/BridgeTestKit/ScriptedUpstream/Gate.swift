import Glibc
import Synchronization

/// A door in a script: who waits at it goes on when it opens, and it stays open.
///
/// It is a pipe that gets one byte which nobody reads, so that waiting for it and for a socket is one `poll`.
package final class Gate: Sendable {
    /// Readable once open.
    let descriptor: Int32
    private let writingEnd: Int32
    private let isOpen = Mutex(false)

    package init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no descriptors left")
        (descriptor, writingEnd) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        close(descriptor)
        close(writingEnd)
    }

    /// Blocks this thread until it is open, or for as long. False where it was not opened.
    @discardableResult
    package func wait(milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, milliseconds) == 1
    }

    /// From any thread; the second time does nothing.
    package func open() {
        isOpen.withLock { isOpen in
            if !isOpen { isOpen = write(writingEnd, "!", 1) == 1 }
        }
    }
}
