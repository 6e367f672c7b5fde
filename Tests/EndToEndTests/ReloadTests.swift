import BridgeTestKit
import Foundation
import Testing

@Suite("A configuration file that changes while the program runs", .serialized)
struct ReloadTests {
    private static let secret = "sk-never-to-be-seen"

    /// A server with a file, two upstreams that it can name, and how it is told.
    private final class Stage {
        let folder: TemporaryFolder
        let first: ScriptedUpstream
        let second: ScriptedUpstream
        let server: ServerProcess

        init() throws {
            folder = try TemporaryFolder()
            (first, second) = (try ScriptedUpstream(), try ScriptedUpstream())
            try folder.write("key", "\(ReloadTests.secret)\n")
            let path = try folder.write(
                "t.yaml", "upstreams: {main: {base_url: \"\(first.url)/v1\", key: {file: key}}}\n")
            server = try ServerProcess(upstream: nil, ["--config", path])
        }

        deinit {
            first.stop()
            second.stop()
        }

        /// Writes the file, sends SIGHUP, and waits for what the log says of it, `count` times in all.
        func reload(_ text: String, until word: String, count: Int = 1) throws {
            try folder.write("t.yaml", text)
            server.kill(with: SIGHUP)
            try server.wait(for: word) { server.log.components(separatedBy: word).count > count }
        }

        /// The line of the log with a word.
        func line(_ word: String) -> String? {
            server.log.split(separator: "\n").last { $0.contains(word) }.map(String.init)
        }
    }

    @Test("is obeyed by requests that come after SIGHUP; those that run keep what they began with")
    func swap() throws {
        let stage = try Stage()
        let gate = Gate()
        stage.first.answer([.streamHead, .delta("old "), .wait(gate), .delta("still"), .finish(), .done, .lastChunk])
        stage.second.always(.chat(["new"]))
        let tab = try Tab.joined(stage.server.port, session: "s")
        try tab.chat("r1")
        try tab.wait { $0.type == "delta" }
        try stage.reload(
            """
            default: other
            upstreams:
              main: {base_url: "\(stage.second.url)/v1", key: {file: key}}
              other: {base_url: "\(stage.second.url)/v2", key: {file: key}}
            """, until: "reloaded")
        #expect(stage.line("reloaded")?.contains("added=other changed=main default=other") == true)
        try tab.chat("r2")
        #expect(try tab.waitForEnd(of: "r2") == "end")
        #expect(tab.answer("r2") == "new" && tab.answer("r1") == "old ")
        try tab.chat("r3", more: #","upstream":"main""#)
        #expect(try tab.waitForEnd(of: "r3") == "end")
        gate.open()
        #expect(try tab.waitForEnd(of: "r1") == "end")
        #expect(tab.answer("r1") == "old still")
        #expect(stage.first.requests.count == 1)
        #expect(
            stage.second.requests.map(\.target).filter { $0.hasSuffix("completions") }
                == ["/v2/chat/completions", "/v1/chat/completions"])
        #expect(stage.second.requests.allSatisfy { $0["authorization"] == "Bearer \(Self.secret)" })
        #expect(try stage.server.stop() == 0)
        #expect(!stage.server.log.contains(Self.secret))
    }

    @Test("and is bad then changes nothing; the log says what is wrong with it")
    func bad() throws {
        let stage = try Stage()
        stage.first.always(.chat(["old"]))
        try stage.reload("upstreams: {main: {base_url: \(Self.secret), http: 3}}", until: "reload_failed")
        #expect(stage.server.log.contains("t.yaml:1:30: upstreams.main.base_url: must be an http or https URL"))
        #expect(stage.server.log.contains("upstreams.main.http: must be auto, 1.1 or 2."))
        let tab = try Tab.joined(stage.server.port, session: "s")
        try tab.chat("r1")
        #expect(try tab.waitForEnd(of: "r1") == "end")
        #expect(stage.first.requests.last?["authorization"] == "Bearer \(Self.secret)")
        #expect(try stage.server.stop() == 0)
        #expect(!stage.server.log.contains(Self.secret))
    }

    @Test("only in its key's file is read again as well, and a file that says the same changes nothing")
    func key() throws {
        let stage = try Stage()
        stage.first.always(.chat(["Hi"]))
        let same = "upstreams: {main: {base_url: \"\(stage.first.url)/v1\", key: {file: key}}}\n"
        try stage.reload(same, until: "reloaded")
        #expect(stage.line("reloaded")?.contains("changed=nothing") == true)
        try stage.folder.write("key", "sk-another")
        try stage.reload(same, until: "reloaded", count: 2)
        #expect(stage.line("reloaded")?.contains("changed=main") == true)
        let tab = try Tab.joined(stage.server.port, session: "s")
        try tab.chat("r1")
        #expect(try tab.waitForEnd(of: "r1") == "end")
        #expect(stage.first.requests.last?["authorization"] == "Bearer sk-another")
        #expect(try stage.server.stop() == 0)
    }

    @Test("is not there: SIGHUP is nothing to the program, and ends it like any other")
    func noFile() throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        let server = try ServerProcess(upstream: "\(upstream.url)/v1")
        #expect(try !isSet("SigCgt", of: server))
        // Whoever runs these tests may have it ignored (nohup), which is inherited.
        if try isSet("SigIgn", of: server) {
            #expect(try server.stop() == 0)
        } else {
            server.kill(with: SIGHUP)
            #expect(try server.waitForExit() == SIGHUP)
        }
        let stage = try Stage()
        #expect(try isSet("SigCgt", of: stage.server))
        #expect(try stage.server.stop() == 0)
    }

    /// Whether SIGHUP is in a set of signals in `/proc/PID/status`.
    private func isSet(_ name: String, of server: ServerProcess) throws -> Bool {
        let text = try String(contentsOfFile: "/proc/\(server.processIdentifier)/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(name):") })
        let mask = try #require(line.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) })
        return mask & 1 << UInt64(SIGHUP - 1) != 0
    }

    @Test("ends the start of the program where it is bad, with all that is wrong")
    func badStart() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("t.yaml", "upstreams: {main: {}}\nmodel: x\n")
        let outcome = try BuiltProgram.run(["serve", "--port", "0", "--config", path])
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(
            outcome.errors == """
                Error: --config: the configuration cannot be used:
                  \(path):1:13: upstreams.main: needs preset or base_url.
                  \(path):2:1: model: is not a setting here; did you mean models?
                See 'tributary serve --help'.

                """)
    }
}
