import Foundation

/// Where and with what it was measured: without it a number says nothing.
struct Surroundings: Codable {
    struct Version: Codable {
        let name: String
        let version: String
    }

    let date: String
    let processor: String
    let cores: Int
    let kernel: String
    let memory: String
    let system: String
    let versions: [Version]
    /// How to repeat it.
    let command: String

    /// - Parameter arguments: what the tool was called with, without its own name.
    init(arguments: [String]) {
        date = Date().ISO8601Format()
        processor = Self.field("model name", of: "/proc/cpuinfo") ?? "unknown"
        cores = ProcessInfo.processInfo.activeProcessorCount
        kernel = Self.output(of: "/usr/bin/uname", ["-sr"])
        memory = Figure.text(Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30), .count) + " GiB"
        system = Self.field("PRETTY_NAME", of: "/etc/os-release", separator: "=") ?? "unknown"
        command = (["scripts/bench"] + arguments).joined(separator: " ")
        let packages = [
            ("libwebsockets", "libwebsockets17"), ("libcurl", "libcurl4"), ("libuv", "libuv1"), ("node", "nodejs"),
            ("ws", "node-ws"), ("nginx", "nginx"),
        ]
        let swift = Self.output(of: "/usr/bin/env", ["swift", "--version"])
        let words = swift.split(whereSeparator: \.isWhitespace)
        let number = words.firstIndex(of: "version").map { String(words[$0 + 1]) } ?? ""
        versions = ([("swift", number)] + packages.map { ($0.0, Self.version(of: $0.1)) })
            .filter { !$0.1.isEmpty }
            .map { Version(name: $0.0, version: $0.1) }
    }

    /// One paragraph.
    var text: String {
        """
        Measured \(date) on \(processor), \(cores) cores, \(memory); \(system), \(kernel); \
        \(versions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")).
        """
    }

    private static func field(_ name: String, of path: String, separator: Character = ":") -> String? {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: separator, maxSplits: 1).last?
            .trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
    }

    /// Of a Debian package; empty where it is not installed.
    private static func version(of package: String) -> String {
        output(of: "/usr/bin/dpkg-query", ["-W", "-f", "${Version}", package])
    }

    /// What a short command prints; empty where it cannot.
    private static func output(of program: String, _ arguments: [String]) -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return "" }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return "" }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
