import Foundation
import Glibc
import Logging
import Testing

@testable import tributary

@Suite("The demo upstream as a process")
struct DemoUpstreamProcessTests {
    /// A demo upstream whose standard streams the test holds.
    private final class Child {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        let errors = Pipe()

        init() throws {
            process.executableURL = URL(fileURLWithPath: BuiltProgram.path)
            process.arguments = ["demo-upstream", "--port", "0", "--exit-with-stdin"]
            process.standardInput = input
            process.standardOutput = output
            process.standardError = errors
            try process.run()
        }

        deinit { process.terminate() }

        /// Reads lines until one contains `text`, which is returned; nil at the end.
        static func line(with text: String, from pipe: Pipe) -> String? {
            var seen = ""
            while true {
                let data = pipe.fileHandleForReading.availableData
                if data.isEmpty { return nil }
                seen += String(decoding: data, as: UTF8.self)
                if let line = seen.split(separator: "\n").first(where: { $0.contains(text) }), seen.hasSuffix("\n") {
                    return String(line)
                }
            }
        }

        func url() throws -> String {
            let line = try #require(Self.line(with: "listening", from: output))
            #expect(line.wholeMatch(of: #/demo upstream listening on http://127\.0\.0\.1:\d+/v1/#) != nil)
            return String(try #require(line.split(separator: " ").last))
        }
    }

    @Test("it ends when its standard input ends, and that was one line of output")
    func endsWithStdin() throws {
        let child = try Child()
        _ = try child.url()
        try child.input.fileHandleForWriting.close()
        child.process.waitUntilExit()
        #expect(child.process.terminationStatus == 0)
        #expect(child.output.fileHandleForReading.readDataToEndOfFile().isEmpty)
    }

    @Test("it ends on SIGTERM and on SIGINT, also in the middle of an answer", arguments: [SIGTERM, SIGINT])
    func endsOnSignal(signal: Int32) throws {
        let child = try Child()
        let answer = try PlainHTTP(
            child.url() + "/chat/completions",
            body: #"{"model":"demo-stall","stream":true,"messages":[{"role":"user","content":"x"}]}"#)
        try answer.read(until: "content\":\"")
        kill(child.process.processIdentifier, signal)
        child.process.waitUntilExit()
        #expect(child.process.terminationStatus == 0)
    }

    @Test("it notices and logs that a client went away", arguments: ["demo", "demo-stall", "demo-slow"])
    func clientGone(model: String) throws {
        let child = try Child()
        let answer = try PlainHTTP(
            child.url() + "/chat/completions",
            body: #"{"model":"\#(model)","stream":true,"messages":[{"role":"user","content":"x"}]}"#)
        try answer.read(until: "\"content\":\"")
        answer.abandon()
        let line = try #require(Child.line(with: "demo_answer_stopped", from: child.errors))
        #expect(line.contains("reason=\"the client went away\""))
        #expect(line.contains("model=\(model)"))
    }

    @Test("its log says when an answer began and ended, and how many tokens it had")
    func log() throws {
        let child = try Child()
        _ = try PlainHTTP(
            child.url() + "/chat/completions",
            body:
                #"{"model":"demo-fast","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"secret words"}]}"#
        ).response()
        let line = try #require(Child.line(with: "demo_answer_finished", from: child.errors))
        #expect(line.contains("tokens=5"))
        #expect(!line.contains("secret"))
    }

    @Test("the server's child is gone after stop, which can be said twice, and can be started again")
    func stop() throws {
        let process = DemoUpstreamProcess(executable: BuiltProgram.path, log: LogSettings())
        for _ in 0..<2 {
            let url = try process.start()
            #expect(try PlainHTTP(url + "/models").response().status == 200)
            process.stop()
            process.stop()
            #expect(throws: PlainHTTP.Failure.self) { try PlainHTTP(url + "/models") }
        }
    }

    @Test(
        "what does not become ready is an error, not a wait",
        arguments: [
            ("exit 3", "ended before it was ready"), ("echo hello", "said “hello”"), ("exec sleep 60", "was not ready"),
            ("trap '' TERM; while :; do read -r line; done", "was not ready"),
        ])
    func notReady(script: String, words: String) throws {
        let process = DemoUpstreamProcess(executable: "/bin/sh", arguments: ["sh", "-c", script], patience: 300)
        let failure = try #require(throws: DemoUpstreamProcess.Failure.self) { try process.start() }
        #expect(failure.description.contains(words))
    }

    @Test("a program that is not there is an error")
    func missing() throws {
        let process = DemoUpstreamProcess(executable: "/nowhere/tributary", log: LogSettings())
        let failure = try #require(throws: DemoUpstreamProcess.Failure.self) { try process.start() }
        #expect(failure.description.contains("could not be started"))
    }
}
