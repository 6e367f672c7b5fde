import BridgeTestKit
import Testing
import WebSocketServer

/// The option by which an echo says binary messages back; Autobahn's cases look at the bytes (`scripts/conformance`).
@Suite struct AnswersInKindTests {
    @Test("a binary message is answered with a binary one, and text with text again", arguments: [3, 1_000])
    func answersInKind(count: Int) throws {
        let echo = { @Sendable (core: FakeCore) in
            core.received = { handler, message in handler.send([UInt8](message)) }
        }
        try TestServer.with(options: { $0.answersInKind = true }, core: echo) { server throws in
            let client = try WebSocketClient(port: server.port)
            let binary = WebSocketFrame(
                opcode: WebSocketFrame.Opcode.binary, payload: [UInt8](repeating: 0xFF, count: count))
            for _ in 0..<2 {
                try client.send(binary)
                // The client is strict: it knows text alone, and says so of anything else.
                let complaint = #expect(throws: TestSocket.Failure.self) { try client.receive() }
                #expect("\(try #require(complaint))".contains("opcode 2"))
                try client.send("text")
                #expect(try client.receiveText() == "text")
            }
        }
    }
}
