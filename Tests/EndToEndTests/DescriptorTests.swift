import BridgeTestKit
import Foundation
import Testing

@Suite("Without descriptors")
struct DescriptorTests {
    /// Whether every number below `limit` is taken. (Higher ones may have come from whoever started the server.)
    private func hasNoDescriptor(_ server: ServerProcess, below limit: Int) throws -> Bool {
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.processIdentifier)/fd")
        return Set(0..<limit).isSubset(of: open.compactMap { Int($0) })
    }

    /// CPU time in hundredths of a second (`man proc_pid_stat`, fields 14 and 15).
    private func cpuTime(of server: ServerProcess) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(server.processIdentifier)/stat", encoding: .utf8)
        let fields = text[text.index(after: try #require(text.lastIndex(of: ")")))...].split(separator: " ")
        return try #require(Int(fields[11])) + #require(Int(fields[12]))
    }

    private func wait(for what: String, until condition: () throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: 10)
        while try !condition() {
            guard Date() < deadline else { throw ServerProcess.Failure(description: "waited in vain for \(what)") }
            Thread.sleep(forTimeInterval: 0.005)  // Between two looks at the condition.
        }
    }

    @Test("a server that has no descriptor left rests, says 503 for a file, and takes who waits as soon as it has some")
    func exhausted() throws {
        let limit = 64
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let server = try ServerProcess(
            upstream: "http://127.0.0.1:9/v1", ["--public", root.appendingPathComponent("public").path],
            under: ["/bin/sh", "-c", "ulimit -n \(limit); exec \"$@\"", "sh"])
        var sockets = try (0..<limit + 30).map { _ in try TestSocket(port: server.port, timeout: .seconds(5)) }
        try wait(for: "the last descriptor") { try hasNoDescriptor(server, below: limit) }
        var answer: [UInt8] = []
        let deadline = ContinuousClock.now + .seconds(20)
        try sockets[0].write(Array("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8), until: deadline)
        #expect(try sockets[0].read(into: &answer, until: deadline))
        #expect(answer.starts(with: "HTTP/1.1 503 ".utf8))

        let before = try cpuTime(of: server)
        Thread.sleep(forTimeInterval: 1)  // The span that is measured.
        // Readiness that nobody takes would keep a whole core busy: 100.
        #expect(try cpuTime(of: server) - before < 30)

        // One of those that the kernel keeps.
        let last = sockets.removeLast()
        answer = []
        try last.write(Array("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8), until: deadline)
        sockets.removeAll()
        #expect(try last.read(into: &answer, until: deadline))
        #expect(answer.starts(with: "HTTP/1.1 200 ".utf8))
        #expect(try server.stop() == 0)
    }
}
