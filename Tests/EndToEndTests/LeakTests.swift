import BridgeTestKit
import Foundation
import Testing

/// The program under valgrind: reads and writes where it may, and nothing lost at the end.
@Suite("Memory, watched by valgrind")
struct LeakTests {
    private static let valgrind = "/usr/bin/valgrind"

    @Test(
        "ended in mid-stream, with tabs in all states, it has leaked nothing and touched nothing it should not",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: valgrind),
            "valgrind is not installed: NOBODY WATCHES THE PROGRAM'S MEMORY"),
        .disabled(
            if: BuiltProgram.isSanitized, "valgrind cannot run what a sanitizer was built into: THAT WATCHES INSTEAD"))
    func midStream() throws {
        let upstream = try ScriptedUpstream()
        upstream.answer([.streamHead, .delta("x"), .stall])
        upstream.answer(.chat(["whole"]))
        upstream.answer([.streamHead, .delta("y"), .stall])
        let folder = try TemporaryFolder()
        let report = FileManager.default.temporaryDirectory.appendingPathComponent("valgrind-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: report) }
        let server = try ServerProcess(
            upstream: upstream.url + "/v1",
            under: [
                Self.valgrind, "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
                // Swift's enums are read before their tag is known to matter: not an error, though it looks like one.
                "--undef-value-errors=no", "--error-exitcode=99", "--log-file=\(report.path)",
            ], program: try Self.programWithoutDebugInformation(in: folder))
        let one = try Tab.joined(server.port, session: "s")
        let two = try Tab.joined(server.port, session: "s")
        _ = try Tab(server.port, session: "joins nothing")
        try one.chat("streaming")
        try two.wait(until: { $0.requests["streaming"]?.answer == "x" })
        try one.chat("ended")
        try one.waitForEnd(of: "ended")
        try two.chat("aborted")
        try two.wait(until: { $0.requests["aborted"]?.answer == "y" })
        try one.abort("aborted")
        try two.waitForEnd(of: "aborted")
        two.socket.reset()
        server.terminate()
        try one.wait { $0.type == "goaway" }
        server.terminate()
        let status = try server.waitForExit(seconds: 60)
        #expect(status == 0, "\((try? String(contentsOf: report, encoding: .utf8)) ?? "no report")")
    }

    /// valgrind 3.19 gives up on what newer compilers write about C (DWARF 5); the names of functions stay.
    private static func programWithoutDebugInformation(in folder: TemporaryFolder) throws -> String {
        let stripped = folder.path + "/tributary"
        let strip = try Process.run(
            URL(fileURLWithPath: "/usr/bin/strip"), arguments: ["--strip-debug", "-o", stripped, BuiltProgram.path])
        strip.waitUntilExit()
        try #require(strip.terminationStatus == 0, "strip (of Debian's binutils) failed")
        return stripped
    }
}
