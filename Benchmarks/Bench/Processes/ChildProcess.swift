import Glibc
import LoadKit

/// A program in a process of its own, with a pipe to its standard input and one from its standard output. Its standard error
/// is ours. Blocking calls, each with a deadline.
///
/// It never outlives us: `stop()` ends it, `deinit` calls that, and should we be killed, the kernel kills it, which
/// `setpriv` (util-linux) asked for before it became the program.
final class ChildProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// For messages.
    let name: String
    let identifier: pid_t
    /// When it was started, monotonic ns.
    let startedAt: UInt64
    /// Our ends of its pipes; -1 once it was stopped.
    private var input: Int32
    private var output: Int32
    private var received: [UInt8] = []

    /// Starts a program.
    /// - Parameter command: the program's path and its arguments.
    init(_ name: String, _ command: [String]) throws {
        let command = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"] + command
        let stdin = try Self.pipe()
        let stdout: (read: Int32, write: Int32)
        do {
            stdout = try Self.pipe()
        } catch {
            close(stdin.read)
            close(stdin.write)
            throw error
        }
        defer {
            close(stdin.read)
            close(stdout.write)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin.read, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, stdout.write, STDOUT_FILENO)

        var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        // Nothing of ours but the search path: a key or a setting in the environment would change what is measured.
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), nil]
        defer { for text in argv + environment { free(text) } }
        var pid: pid_t = 0
        startedAt = MonotonicClock.now()
        let result = posix_spawn(&pid, command[0], &actions, nil, &argv, &environment)
        guard result == 0 else {
            close(stdin.write)
            close(stdout.read)
            throw Failure(description: "\(name) could not be started: \(String(cString: strerror(result)))")
        }
        self.name = name
        identifier = pid
        input = stdin.write
        output = stdout.read
    }

    deinit { stop() }

    /// Ends it and waits for that. The second time does nothing.
    func stop() {
        guard output >= 0 else { return }
        close(input)
        kill(identifier, SIGKILL)
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        close(output)
        (input, output) = (-1, -1)
    }

    func write(line: String) throws {
        var left = Array((line + "\n").utf8)[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(description: "\(name) does not read its commands any more") }
            left = left.dropFirst(count)
        }
    }

    /// The next line of its output, without the line feed.
    func readLine(seconds: Double = 20) throws -> String {
        let deadline = MonotonicClock.now() + UInt64(seconds * 1e9)
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                defer { received.removeFirst(end + 1) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            let now = MonotonicClock.now()
            guard now < deadline else { throw Failure(description: "\(name) said nothing for \(seconds) s") }
            var poller = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, Int32((deadline - now) / 1_000_000) + 1) > 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(output, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(description: "\(name) has ended unexpectedly") }
            received += bytes[..<count]
        }
    }

    /// The port at the end of a line like “listening on http://127.0.0.1:8080/”.
    func readPort() throws -> UInt16 {
        let line = try readLine()
        let digits = line.split(separator: ":").last?.prefix(while: \.isNumber) ?? ""
        guard let port = UInt16(digits) else {
            throw Failure(description: "\(name) said “\(line)” where its address was expected")
        }
        return port
    }

    /// Two descriptors that other children do not inherit.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else {
            throw Failure(description: "no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
