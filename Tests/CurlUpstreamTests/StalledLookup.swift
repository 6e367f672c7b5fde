import Glibc
import Testing

/// A name lookup that hangs until the test ends it; one at a time.
///
/// For names without a dot the C library looks into the file of aliases that `HOSTALIASES` names (hostname(7)). Here that is
/// a pipe: reading it takes as long as the test wants.
final class StalledLookup {
    static let host = "stalled-lookup"

    /// Set once, before the first transfer: other threads read the environment at any time.
    static let pipePath: String = {
        var directory = Array("/tmp/stalled-lookup-XXXXXX".utf8CString)
        guard mkdtemp(&directory) != nil else { return "" }
        let path = String(decoding: directory.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/aliases"
        mkfifo(path, 0o600)
        setenv("HOSTALIASES", path, 1)
        return path
    }()

    private let descriptor: Int32

    init() throws {
        descriptor = open(Self.pipePath, O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0)
        // A line that is nobody's alias. Who has read it waits for the next one.
        try #require(write(descriptor, "x y\n", 4) == 4)
    }

    /// True once a lookup has begun, and hangs.
    var isAsked: Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 0) == 0
    }

    /// Lets the lookup go on, and waits until it does.
    deinit {
        close(descriptor)
        while true {
            let probe = open(Self.pipePath, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            // Nobody reads any more.
            guard probe >= 0 else { return }
            close(probe)
            sched_yield()
        }
    }
}
