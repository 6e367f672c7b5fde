import Glibc
import Logging

/// The demo upstream as a child process of the server's own program.
///
/// It ends with its owner in every case: `stop()` asks and then insists, and should the owner be killed, the pipe that is
/// the child's standard input closes with it. Blocking calls, for the main thread before and after the loop runs.
final class DemoUpstreamProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let executable: String
    private let arguments: [String]
    /// How long the child may take to be ready, and to end, in milliseconds.
    private let patience: Int32
    /// The child, from its start to its end.
    private var child: pid_t?
    /// Our end of the child's standard input: open for as long as the child shall live. -1 while there is no child.
    private var input: Int32 = -1
    /// Our end of the child's standard output: a line when it is ready, the end of the stream when it has ended.
    private var output: Int32 = -1

    /// The demo upstream of this program, on a port of its choice, with a log like ours.
    convenience init(executable: String = "/proc/self/exe", log: LogSettings) {
        self.init(
            executable: executable,
            arguments: [
                "tributary", "demo-upstream", "--port", "0", "--exit-with-stdin", "--log-level", log.level.rawValue,
                "--log-format", log.format.rawValue,
            ])
    }

    /// Any program that says its URL at the end of a line when it is ready. `arguments` begin with its name.
    init(executable: String, arguments: [String], patience: Int32 = 10_000) {
        self.executable = executable
        self.arguments = arguments
        self.patience = patience
    }

    deinit { stop() }

    /// Starts the child and waits until it listens. Returns its base URL.
    func start() throws -> String {
        precondition(child == nil, "the demo upstream is running already")
        do {
            try spawn()
            let line = try readLine()
            guard let url = line.split(separator: " ").last, url.hasPrefix("http://") else {
                throw Failure(description: "the demo upstream said “\(line)” where its address was expected")
            }
            return String(url)
        } catch {
            stop()
            throw error
        }
    }

    /// Ends the child and waits until it has ended. Idempotent.
    func stop() {
        if input >= 0 { close(input) }
        input = -1
        if let child {
            kill(child, SIGTERM)
            // The end of its output is the end of the child.
            while wait(milliseconds: patience), let bytes = readSome(), !bytes.isEmpty {}
            kill(child, SIGKILL)
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
        }
        child = nil
        if output >= 0 { close(output) }
        output = -1
    }

    // MARK: Starting

    /// The child gets two pipes and our standard error. It is in a process group of its own, since Ctrl-C is meant for the
    /// server, which may want to drain first.
    private func spawn() throws {
        let stdin = try Self.pipe()
        let stdout: (read: Int32, write: Int32)
        do {
            stdout = try Self.pipe()
        } catch {
            close(stdin.read)
            close(stdin.write)
            throw error
        }
        (input, output) = (stdin.write, stdout.read)
        defer {
            close(stdin.read)
            close(stdout.write)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin.read, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, stdout.write, STDOUT_FILENO)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)

        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, executable, &actions, &attributes, &argv, environ)
        guard result == 0 else {
            throw Failure(description: "the demo upstream could not be started: \(String(cString: strerror(result)))")
        }
        child = pid
    }

    /// Two descriptors that other children do not inherit.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else {
            throw Failure(description: "no pipe for the demo upstream: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    // MARK: Listening to the child

    /// The child's first line.
    private func readLine() throws -> String {
        let deadline = ContinuousClock.now + .milliseconds(patience)
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard left > 0, wait(milliseconds: Int32(left) + 1) else {
                throw Failure(description: "the demo upstream was not ready after \(patience) ms")
            }
            guard let bytes = readSome(), !bytes.isEmpty else {
                throw Failure(description: "the demo upstream ended before it was ready")
            }
            line += bytes
        }
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    /// Whether there is something to read, or the end, within a time.
    private func wait(milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        var count = poll(&poller, 1, milliseconds)
        while count < 0, errno == EINTR { count = poll(&poller, 1, milliseconds) }
        return count > 0
    }

    /// What is there; empty at the end, nil on an error.
    private func readSome() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(output, &bytes, bytes.count)
        return count < 0 ? nil : Array(bytes.prefix(count))
    }
}
