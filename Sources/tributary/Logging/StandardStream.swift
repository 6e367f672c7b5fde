import Glibc

/// The process's standard output and standard error, unbuffered.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Writes `line` if the stream takes it now, and drops it if not: a reader of the log that has stopped must not stop the
    /// server. A pipe that is ready takes 4 KiB, and lines are shorter.
    func offer(_ line: String) {
        var stream = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        guard poll(&stream, 1, 0) == 1, stream.revents & Int16(POLLOUT) != 0 else { return }
        write(line)
    }

    /// Writes all of `line` with as few calls as it takes (one, for a line on a pipe or a terminal), so that the lines of
    /// several processes do not mix. What cannot be written is lost.
    func write(_ line: String) {
        var rest = Array(line.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return
            }
        }
    }
}
