internal import Glibc

/// What a process has used and holds, from /proc. Nil where there is no such process, or where it is another user's.
package struct ProcessFigures {
    /// User and system time of all its threads so far, ns. The kernel counts them in ticks of 10 ms where `schedstat` does
    /// not say more: threads that have ended are in the ticks only, so that the greater of the two is taken.
    package let cpuNanoseconds: UInt64
    /// Memory that is in RAM right now, bytes.
    package let residentBytes: Int
    /// Open file descriptors.
    package let descriptors: Int

    package init?(of process: Int32) {
        guard let ticks = Self.ticks(of: process), let resident = Self.residentBytes(of: process),
            let tasks = Self.entries(of: "/proc/\(process)/task"),
            let descriptors = Self.entries(of: "/proc/\(process)/fd")
        else { return nil }
        let scheduled = tasks.compactMap { Self.scheduledNanoseconds(of: process, task: $0) }.reduce(0, +)
        cpuNanoseconds = max(ticks * (1_000_000_000 / UInt64(sysconf(Int32(_SC_CLK_TCK)))), scheduled)
        residentBytes = resident
        self.descriptors = descriptors.count
    }

    /// Of this process.
    package static var own: ProcessFigures? { ProcessFigures(of: getpid()) }

    /// Fields 14 and 15 of `stat`, counted behind the name, which may hold anything (proc(5)).
    private static func ticks(of process: Int32) -> UInt64? {
        guard let text = text(of: "/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[name...].split(separator: " ")
        guard fields.count > 13, let user = UInt64(fields[12]), let system = UInt64(fields[13]) else { return nil }
        return user + system
    }

    /// The first field of `schedstat`: time on a processor, ns.
    private static func scheduledNanoseconds(of process: Int32, task: String) -> UInt64? {
        text(of: "/proc/\(process)/task/\(task)/schedstat")?.split(separator: " ").first.flatMap { UInt64($0) }
    }

    /// The second field of `statm`, in pages.
    private static func residentBytes(of process: Int32) -> Int? {
        guard let text = text(of: "/proc/\(process)/statm") else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func entries(of directory: String) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// A file of /proc that fits in a page.
    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { bytes in
            let count = read(descriptor, bytes.baseAddress, bytes.count)
            return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
        }
    }
}
