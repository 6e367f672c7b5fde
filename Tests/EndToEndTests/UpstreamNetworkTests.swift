import BridgeTestKit
import Testing

/// A network between server and upstream that fails.
@Suite("A network that fails behind the server")
struct UpstreamNetworkTests {
    let upstream: ScriptedUpstream
    let link: FaultyLink
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        upstream = try ScriptedUpstream()
        link = try FaultyLink(to: upstream.port)
    }

    private static let pieces = (0..<20).map { "piece \($0), " }
    private static let answer = pieces.joined()

    private func serve(_ arguments: [String] = []) throws -> ServerProcess {
        try ServerProcess(
            configuration: ServerProcess.single("http://127.0.0.1:\(link.port)/v1"), in: folder, arguments)
    }

    private func last(of request: String, in tab: Tab) throws -> Frame {
        try tab.waitForEnd(of: request)
        return try #require(tab.model.frames.last { $0.request == request })
    }

    @Test(
        "an upstream that is cut off at random places gives each request one terminal, and what came before stays",
        arguments: Seeds.of(1))
    func cut(seed: UInt64) throws {
        let script = Script.chat(Self.pieces)
        upstream.always(script)
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        var random = SeededGenerator(seed: seed)
        for index in 0..<60 {
            let count = Int.random(in: 0..<script.bytes.count, using: &random)
            let how: LinkConduct.Ending = random.chance(1, in: 2) ? .cut : .reset
            link.endAll(.cut)
            link.change(.down) { $0.ending = (count, how) }
            try tab.chat("r\(index)")
            let terminal = try last(of: "r\(index)", in: tab)
            #expect(
                terminal.type == "end" || terminal.code == "upstream_closed",
                "seed \(seed): \(how) after \(count): \(terminal)")
            #expect(Self.answer.hasPrefix(tab.answer("r\(index)")), "seed \(seed): \(how) after \(count)")
            if terminal.type == "end" { #expect(tab.answer("r\(index)") == Self.answer) }
        }
        let terminals = tab.model.frames.filter { ["end", "error", "aborted"].contains($0.type) }
        #expect(terminals.count == 60)
        link.mend()
        try tab.chat("healthy")
        #expect(try last(of: "healthy", in: tab).type == "end")
        #expect(try server.stop() == 0)
    }

    @Test("byte by byte, both ways, an answer is the same")
    func byteByByte() throws {
        upstream.always(.chat(Self.pieces))
        let server = try serve()
        link.change { $0.pieceBytes = 1 }
        let tab = try Tab.joined(server.port, session: "s")
        for id in ["one", "two"] {
            try tab.chat(id)
            #expect(try last(of: id, in: tab).type == "end")
            #expect(tab.answer(id) == Self.answer)
        }
        #expect(try server.stop() == 0)
    }

    @Test("a slow network is waited for until the time for the first byte is over")
    func delay() throws {
        upstream.always(.chat(Self.pieces))
        let server = try serve(["--first-byte-timeout", "1s"])
        let tab = try Tab.joined(server.port, session: "s")
        link.change { $0.delay = 50 }
        try tab.chat("slow")
        #expect(try last(of: "slow", in: tab).type == "end")
        link.change { $0.delay = 20_000 }
        try tab.chat("too-slow")
        let terminal = try last(of: "too-slow", in: tab)
        #expect(terminal.code == "upstream_timeout" && terminal["stage"] == "headers", "\(terminal)")
    }

    @Test("a network that forgets the connection in mid-answer is an idle upstream, and an abort ends it at once")
    func halfOpen() throws {
        let gate = Gate()
        upstream.always([.streamHead, .delta("half"), .wait(gate), .delta("rest"), .finish(), .done, .lastChunk])
        let server = try serve(["--idle-timeout", "500ms"])
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("idle")
        try tab.wait(until: { $0.requests["idle"]?.answer == "half" })
        link.endAll(.silence)
        let terminal = try last(of: "idle", in: tab)
        #expect(terminal.code == "upstream_timeout" && terminal["stage"] == "stream", "\(terminal)")
        try tab.chat("aborted")
        try tab.wait(until: { $0.requests["aborted"]?.answer == "half" })
        link.endAll(.silence)
        try tab.abort("aborted")
        #expect(try tab.waitForEnd(of: "aborted") == "aborted")
        gate.open()
        try tab.chat("healthy")
        #expect(try last(of: "healthy", in: tab).type == "end")
        #expect(tab.answer("healthy") == "halfrest")
        #expect(try server.stop() == 0)
    }

    @Test("a kept connection that died in the meantime costs nobody an answer")
    func staleConnection() throws {
        upstream.always(.chat(Self.pieces))
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        for (index, how) in [LinkConduct.Ending.cut, .reset, .cut, .reset].enumerated() {
            try tab.chat("r\(index)")
            #expect(try last(of: "r\(index)", in: tab).type == "end")
            link.endAll(how)
        }
        #expect(upstream.requests.count == 4 && link.counts.connections >= 4)
        #expect(try server.stop() == 0)
    }
}
