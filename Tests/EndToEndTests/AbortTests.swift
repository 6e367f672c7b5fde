import BridgeTestKit
import Testing

@Suite("Aborting over real sockets")
struct AbortTests {
    let upstream: ScriptedUpstream
    let server: ServerProcess

    init() throws {
        upstream = try ScriptedUpstream()
        server = try ServerProcess(upstream: upstream.url + "/v1")
    }

    @Test("another tab's abort closes the upstream socket, and both tabs learn who did it")
    func otherTab() throws {
        upstream.answer([.streamHead, .delta("some"), .stall])
        let one = try Tab.joined(server.port, session: "s")
        let two = try Tab.joined(server.port, session: "s")
        try one.chat("r")
        try two.wait(until: { $0.requests["r"]?.answer == "some" })
        try two.abort("r")
        #expect(try one.waitForEnd(of: "r") == "aborted")
        #expect(try two.waitForEnd(of: "r") == "aborted")
        #expect(one.model.frames.last?["by"] == two.connection)
        #expect(one.answer("r") == "some", "what was generated stays")
        try upstream.waitForClose(ofConnection: 0)
    }

    @Test("an abort before the upstream has answered closes its socket, too")
    func beforeFirstByte() throws {
        upstream.answer([.stall])
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        _ = try upstream.waitForRequest(0)
        try tab.abort("r")
        #expect(try tab.waitForEnd(of: "r") == "aborted")
        try upstream.waitForClose(ofConnection: 0)
    }

    @Test("an abort while the connection is still being made ends the request at once")
    func whileConnecting() throws {
        let deaf = try DeafPort()
        let server = try ServerProcess(upstream: "http://127.0.0.1:\(deaf.port)/v1")
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.wait { $0.type == "request" }
        try tab.abort("r")
        #expect(try tab.waitForEnd(of: "r") == "aborted")
        #expect(try server.stop() == 0)
    }

    @Test("aborting twice, and after the end, is ok and cancels nothing; one never seen is unknown")
    func idempotent() throws {
        upstream.answer([.streamHead, .delta("x"), .stall])
        upstream.answer(.chat(["whole"]))
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.wait(until: { $0.requests["r"]?.answer == "x" })
        try tab.abort("r")
        try tab.abort("r")
        try tab.wait { $0.type == "ok" && $0["requests"] == [String]() }
        try tab.chat("done")
        try tab.waitForEnd(of: "done")
        try tab.abort("done")
        try tab.wait { $0.type == "ok" && $0["requests"] == [String]() }
        #expect(tab.model.requests["done"]?.terminal == "end")
        try tab.abort("never")
        #expect(try tab.wait { $0.type == "error" }.code == "unknown_request")
        #expect(tab.model.frames.filter { $0.type == "aborted" }.count == 1)
    }

    @Test("an abort without a request cancels all of the session, and no other's")
    func all() throws {
        upstream.always([.streamHead, .delta("x"), .stall])
        let tab = try Tab.joined(server.port, session: "s")
        let other = try Tab.joined(server.port, session: "t")
        for index in 0..<5 { try tab.chat("r\(index)") }
        try other.chat("r")
        try other.wait(until: { $0.requests["r"]?.answer == "x" })
        try tab.wait(until: { $0.requests.values.filter { $0.answer == "x" }.count == 5 })
        try tab.abort()
        for index in 0..<5 { #expect(try tab.waitForEnd(of: "r\(index)") == "aborted") }
        #expect(other.model.requests["r"]?.terminal == nil)
        try other.send(#"{"type":"ping","t":1}"#)
        try other.wait { $0.type == "pong" }
        #expect(other.model.requests["r"]?.terminal == nil)
    }

    @Test("leaving is not aborting, and neither is a client that vanishes")
    func leaving() throws {
        let gate = Gate()
        upstream.answer([.streamHead, .delta("before "), .wait(gate), .delta("after"), .finish(), .done, .lastChunk])
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try tab.wait(until: { $0.requests["r"]?.answer == "before " })
        try tab.send(#"{"type":"leave","session":"s"}"#)
        try tab.wait { $0.type == "left" }
        tab.socket.reset()
        let next = try Tab.joined(server.port, session: "s")
        #expect(next.answer("r") == "before ")
        gate.open()
        #expect(try next.waitForEnd(of: "r") == "end")
        #expect(next.answer("r") == "before after")
    }
}
