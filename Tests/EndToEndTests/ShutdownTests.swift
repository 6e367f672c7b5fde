import BridgeTestKit
import Foundation
import Testing

@Suite("Going away")
struct ShutdownTests {
    let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    @Test("SIGTERM in mid-answer: goaway, no new chat, the answer goes on to its end, then 1012 and exit 0")
    func drain() throws {
        let gate = Gate()
        upstream.answer([.streamHead, .delta("before "), .wait(gate), .delta("after"), .finish(), .done, .lastChunk])
        let server = try ServerProcess(upstream: upstream.url + "/v1")
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.wait(until: { $0.requests["r"]?.answer == "before " })
        server.terminate()
        let goaway = try tab.wait { $0.type == "goaway" }
        #expect((goaway["reconnect_after_ms"] ?? 0) > 0)
        try tab.chat("late")
        #expect(try tab.wait { $0.type == "error" }.code == "draining")
        gate.open()
        #expect(try tab.waitForEnd(of: "r") == "end")
        #expect(tab.answer("r") == "before after")
        #expect(try tab.socket.receiveClose().code == 1012)
        #expect(try server.waitForExit() == 0)
    }

    @Test("while it drains it still listens: healthz is 503, who comes is told to go, may watch, and starts nothing")
    func listensWhileDraining() throws {
        let gate = Gate()
        upstream.answer([.streamHead, .delta("before "), .wait(gate), .delta("after"), .finish(), .done, .lastChunk])
        let server = try ServerProcess(upstream: upstream.url + "/v1")
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.wait(until: { $0.requests["r"]?.answer == "before " })
        #expect(try HTTPExchange.get("/healthz", port: server.port).status == 200)
        server.terminate()
        try tab.wait { $0.type == "goaway" }
        #expect(try HTTPExchange.get("/healthz", port: server.port).status == 503)
        let late = try Tab(server.port, session: "s")
        if !late.answers.contains(where: { $0.type == "goaway" }) { try late.wait { $0.type == "goaway" } }
        #expect(late.answers.map(\.type) == ["welcome", "goaway"])
        try late.join()
        try late.chat("new")
        #expect(try late.wait { $0.type == "error" }.code == "draining")
        gate.open()
        #expect(try late.waitForEnd(of: "r") == "end")
        #expect(late.answer("r") == "before after")
        for each in [tab, late] { #expect(try each.socket.receiveClose().code == 1012) }
        #expect(try server.waitForExit() == 0)
        #expect(throws: TestSocket.Failure.self) { try HTTPExchange.get("/healthz", port: server.port) }
    }

    @Test("a signal right after the ready line ends it in order, each time")
    func signalAtOnce() throws {
        for _ in 0..<10 {
            let server = try ServerProcess(upstream: upstream.url + "/v1")
            #expect(try server.stop() == 0)
        }
    }

    @Test("what still runs when the time is over is interrupted, and everybody is told before the close")
    func drainTimeout() throws {
        upstream.answer([.streamHead, .delta("x"), .stall])
        let server = try ServerProcess(upstream: upstream.url + "/v1", ["--drain-timeout", "100ms"])
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.wait(until: { $0.requests["r"]?.answer == "x" })
        server.terminate()
        try tab.waitForEnd(of: "r")
        #expect(tab.model.frames.last?.code == "interrupted")
        #expect(try tab.socket.receiveClose().code == 1012)
        try upstream.waitForClose(ofConnection: 0)
        #expect(try server.waitForExit() == 0)
    }

    @Test("a second signal ends at once, in the middle of a stream, with nothing left open")
    func secondSignal() throws {
        upstream.answer([.streamHead, .delta("x"), .stall])
        let server = try ServerProcess(upstream: upstream.url + "/v1")
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.wait(until: { $0.requests["r"]?.answer == "x" })
        server.terminate()
        try tab.wait { $0.type == "goaway" }
        server.terminate()
        #expect(try server.waitForExit() == 0)
    }

    @Test("a tab that lags is waited for: it gets the rest of its answer, and then 1012")
    func laggingTab() throws {
        let gate = Gate()
        let piece = String(repeating: "0123456789abcdef", count: 512)
        let pieces = Array(repeating: Script.Step.delta(piece), count: 1500)
        upstream.answer(Script([.streamHead] + pieces + [.wait(gate), .finish(), .done, .lastChunk]))
        let server = try ServerProcess(upstream: upstream.url + "/v1")
        let quick = try Tab.joined(server.port, session: "s")
        let slow = try Tab.joined(server.port, session: "s", receiveBuffer: 128 * 1024)
        try quick.chat("r")
        try quick.wait(until: { $0.requests["r"]?.answer.utf8.count == 1500 * 8192 })
        server.terminate()
        gate.open()
        try quick.waitForEnd(of: "r")
        #expect(try slow.waitForEnd(of: "r") == "end")
        #expect(slow.answer("r") == quick.answer("r"))
        #expect(try slow.socket.receiveClose().code == 1012)
        #expect(try server.waitForExit() == 0)
    }

    @Test("a port that is taken is an error in words, not a crash")
    func portTaken() throws {
        let server = try ServerProcess(upstream: upstream.url + "/v1")
        let second = try BuiltProgram.run([
            "serve", "--port", "\(server.port)", "--upstream-url", upstream.url + "/v1",
        ])
        #expect(second.status == 1)
        #expect(second.errors.contains("in use"), "\(second.errors)")
    }

    @Test("a log that nobody reads does not stop the server")
    func unreadLog() throws {
        let log = Pipe()
        let server = try ServerProcess(upstream: upstream.url + "/v1", log: log)
        for _ in 0..<1500 {
            _ = try HTTPExchange.get(
                "/healthz", port: server.port, headers: [(name: "Host", value: "evil.example")])
        }
        #expect(try HTTPExchange.get("/healthz", port: server.port).status == 200)
        #expect(try server.stop() == 0)
        withExtendedLifetime(log) {}
    }

    @Test("with nothing running it ends right away")
    func idle() throws {
        let server = try ServerProcess(upstream: upstream.url + "/v1")
        _ = try Tab.joined(server.port, session: "s")
        #expect(try server.stop() == 0)
    }

    @Test("the demo upstream answers over the whole path, and ends with the server")
    func demo() throws {
        let server = try ServerProcess(upstream: nil)
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r", model: "demo-fast")
        #expect(try tab.waitForEnd(of: "r") == "end")
        #expect(tab.answer("r").count > 20)
        #expect(tab.model.frames.last?.object("usage")["source"] as? String == "upstream")
        #expect(try server.stop() == 0)
    }
}
