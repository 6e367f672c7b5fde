internal import Glibc

/// Wakes the one thread that waits for it, as often as it was rung.
final class Bell: Sendable {
    /// Shared by threads, which is what a semaphore is for; freed with the last of them.
    private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        let status = sem_init(semaphore, 0, 0)
        precondition(status == 0, "a semaphore of this process, from 0, cannot be refused")
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func ring() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0, errno == EINTR {}
    }
}
