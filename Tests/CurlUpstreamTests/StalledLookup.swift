import BridgeTestKit
import Glibc
import Testing

/// A name lookup that hangs until the test ends it, or for 3 s: who waits for it must fail, not hang. One at a time.
///
/// For names without a dot the C library looks into the file of aliases that `HOSTALIASES` names (hostname(7)). Here that is
/// a pipe: reading it takes as long as the test wants.
final class StalledLookup {
    static let host = "stalled-lookup"

    /// Set once, before the first transfer: other threads read the environment at any time.
    private static let path: String = {
        let path = "/tmp/stalled-lookup-\(getpid())"
        setenv("HOSTALIASES", path, 1)
        return path
    }()

    static func prepareEnvironment() { _ = path }

    private let descriptor: Int32
    private let isOver = Gate()
    private let watchdog: ServerThread

    init() throws {
        try #require(mkfifo(Self.path, 0o600) == 0)
        let descriptor = open(Self.path, O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0)
        // A line that is nobody's alias. Who has read it waits for the next one.
        try #require(write(descriptor, "x y\n", 4) == 4)
        self.descriptor = descriptor
        watchdog = ServerThread { [isOver] in
            isOver.wait(milliseconds: 3_000)
            // Without the file, who looks again finds no alias; without the writer, who reads finds the end.
            unlink(Self.path)
            close(descriptor)
        }
    }

    /// True once a lookup has begun, and hangs.
    var isAsked: Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 0) == 0
    }

    /// Lets the lookup go on.
    deinit {
        isOver.open()
        watchdog.join()
    }
}
