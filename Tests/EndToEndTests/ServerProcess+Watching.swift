import BridgeTestKit
import Foundation

/// What the kernel knows of the program while it runs.
extension ServerProcess {
    /// A number of kilobytes in `/proc/PID/status`, in bytes.
    private func status(_ name: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure(description: "no \(name) in:\n\(text)")
        }
        return kilobytes * 1024
    }

    /// Bytes of memory that it holds right now (`VmRSS`).
    var residentBytes: Int { get throws { try status("VmRSS") } }

    /// The most that it has held since `forgetPeak()` (`VmHWM`).
    var peakBytes: Int { get throws { try status("VmHWM") } }

    /// Begins a new peak (`man proc_pid_clear_refs`).
    func forgetPeak() throws {
        try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/\(processIdentifier)/clear_refs"))
    }

    var descriptorCount: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(processIdentifier)/fd").count }
    }

    /// Bytes that the kernel holds for its connections: those that it has not read, and those that peers have not acknowledged
    /// (`man proc_net`: tcp).
    var kernelBytes: (unread: Int, unacknowledged: Int) {
        get throws {
            guard let table = fopen("/proc/\(processIdentifier)/net/tcp", "r") else {
                throw Failure(description: "no table of sockets")
            }
            defer { fclose(table) }
            let ownPort = String(format: ":%04X", Int(port))
            var sum = (unread: 0, unacknowledged: 0)
            // Thousands of lines are other people's: only our own become strings.
            var line = [CChar](repeating: 0, count: 512)
            while fgets(&line, Int32(line.count), table) != nil {
                guard strstr(line, ownPort) != nil else { continue }
                let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                    .split(whereSeparator: \.isWhitespace)
                // Of a listening socket (0A) the queues mean something else.
                guard fields.count > 4, fields[1].hasSuffix(ownPort), fields[3] != "0A" else { continue }
                let queues = fields[4].split(separator: ":").map { Int($0, radix: 16) ?? 0 }
                sum = (sum.unread + queues[1], sum.unacknowledged + queues[0])
            }
            return sum
        }
    }

    /// Looks at a condition until it holds.
    func wait(for what: String, seconds: Double = 20, until condition: () throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while try !condition() {
            guard Date() < deadline else { throw Failure(description: "waited \(seconds) s in vain for \(what)") }
            Thread.sleep(forTimeInterval: 0.005)  // Between two looks: the kernel tells nobody when it changes.
        }
    }
}
