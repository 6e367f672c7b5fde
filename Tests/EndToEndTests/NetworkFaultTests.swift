import BridgeTestKit
import Testing

/// A network between tab and server that fails in every way a network fails.
@Suite("A network that fails before the server")
struct NetworkFaultTests {
    let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    private func serve(_ arguments: [String] = []) throws -> ServerProcess {
        try ServerProcess(upstream: upstream.url + "/v1", arguments)
    }

    private static let pieces = (0..<400).map { "\($0): the quick brown fox jumps over it; " }
    private static let answer = pieces.joined()

    /// An answer of which the second half comes when the gate opens: until then, whoever comes back comes back to a running one.
    private func halved(by gate: Gate) -> Script {
        let deltas = Self.pieces.map { Script.Step.delta($0) }
        return Script([.streamHead] + deltas.prefix(200) + [.wait(gate)] + deltas.dropFirst(200)) + [
            .finish(), .done, .lastChunk,
        ]
    }

    /// False where the connection was lost again before it stood.
    private func comeBack(_ tab: Tab) throws -> Bool {
        do {
            try tab.comeBack()
            return true
        } catch is TestSocket.Failure {
            return false
        }
    }

    @Test(
        "a tab that is cut off at random places, again and again, loses nothing and sees nothing twice",
        arguments: Seeds.of(4))
    func cutAtRandom(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let gate = Gate()
        upstream.answer(halved(by: gate))
        let server = try serve()
        let link = try FaultyLink(to: server.port)
        let witness = try Tab.joined(server.port, session: "s")
        let tab = try Tab.joined(link.port, session: "s")
        try witness.chat("r")
        // Until the gate opens it is the first half that gets lost on the way, then the second.
        let half = Self.pieces.prefix(200).joined()
        for loss in 0..<12 {
            if loss == 6 { gate.open() }
            // Of a connection's bytes, the answer to its handshake included.
            let count = Int.random(in: 0...6_000, using: &random)
            let how: LinkConduct.Ending = random.chance(1, in: 2) ? .cut : .reset
            link.change(.down) { $0.ending = (count, how) }
            guard try comeBack(tab) else { continue }
            try tab.readUntilCut(or: {
                $0.requests["r"]?.terminal != nil || (loss < 6 && $0.requests["r"]?.answer == half)
            })
        }
        link.mend()
        try tab.comeBack()
        try tab.waitForEnd(of: "r")
        try witness.waitForEnd(of: "r")
        #expect(tab.answer("r") == Self.answer && witness.answer("r") == Self.answer, "seed \(seed)")
        #expect(tab.model.snapshots == 1, "resumed from its position each time, seed \(seed)")
        #expect(upstream.requests.count == 1 && link.counts.connections == 14)
        #expect(try server.stop() == 0)
    }

    @Test("a command that is cut off at any byte starts one answer or none; sent again, there is exactly one")
    func cutCommand() throws {
        upstream.always(.chat(["once"]))
        let server = try serve()
        let link = try FaultyLink(to: server.port)
        let tab = try Tab.joined(link.port, session: "s")
        let start = link.counts.up
        try tab.chat("whole")
        try tab.waitForEnd(of: "whole")
        let length = link.counts.up - start
        var runs = 1
        // The last one lets the whole command through, and nothing of what comes of it back.
        for cut in Array(stride(from: 1, to: length, by: 9)) + [length] {
            try tab.comeBack()
            let joined = link.counts.newestUp
            link.change(.up) { $0.ending = (joined + cut, .cut) }
            let id = "c\(1000 + cut)"  // As long as "whole".
            try tab.chat(id)
            try tab.readUntilCut(or: { _ in false })
            link.change(.up) { $0.ending = nil }
            try tab.comeBack()
            try tab.chat(id)
            try tab.waitForEnd(of: id)
            runs += 1
            #expect(tab.answer(id) == "once" && upstream.requests.count == runs, "cut after \(cut) bytes")
        }
        #expect(try server.stop() == 0)
    }

    @Test("byte by byte in both directions, everything works: join, chat, abort, resume")
    func byteByByte() throws {
        let gate = Gate()
        upstream.answer(.chat(["Hello, ", "wörld 😀"]))
        upstream.answer([.streamHead, .delta("half"), .wait(gate), .stall])
        let server = try serve()
        let link = try FaultyLink(to: server.port)
        link.change { $0.pieceBytes = 1 }
        let tab = try Tab.joined(link.port, session: "s")
        try tab.chat("r")
        try tab.waitForEnd(of: "r")
        #expect(tab.answer("r") == "Hello, wörld 😀")
        try tab.chat("q")
        try tab.wait(until: { $0.requests["q"]?.answer == "half" })
        try tab.comeBack()
        try tab.abort("q")
        #expect(try tab.waitForEnd(of: "q") == "aborted")
        #expect(tab.model.snapshots == 1)
        #expect(try server.stop() == 0)
    }

    @Test("a tab behind a slow network gets the same as one beside the server")
    func delay() throws {
        upstream.answer(.chat(Self.pieces))
        let server = try serve()
        let link = try FaultyLink(to: server.port)
        link.change { $0.delay = 100 }
        let far = try Tab.joined(link.port, session: "s")
        let near = try Tab.joined(server.port, session: "s")
        try far.chat("r")
        try far.waitForEnd(of: "r")
        try near.waitForEnd(of: "r")
        #expect(far.answer("r") == Self.answer && near.answer("r") == Self.answer)
        #expect(try server.stop() == 0)
    }

    @Test(
        "a tab whose network has forgotten it is dropped after its time, and the others notice nothing else",
        arguments: [LinkConduct.Flow.swallows, .stalls])
    func halfOpen(flow: LinkConduct.Flow) throws {
        let gate = Gate()
        upstream.answer(halved(by: gate))
        let server = try serve(["--ping-interval", "200ms", "--peer-timeout", "1s", "--blocked-timeout", "1s"])
        let link = try FaultyLink(to: server.port)
        let lost = try Tab.joined(link.port, session: "s")
        let tab = try Tab.joined(server.port, session: "s")
        try lost.chat("r")
        try lost.wait(until: { $0.requests["r"]?.answer.isEmpty == false })
        link.change { $0.flow = flow }
        // Nobody says good-bye: the server finds out by itself.
        try tab.wait { $0.type == "presence" && $0["tabs"] == 1 }
        gate.open()
        try tab.waitForEnd(of: "r")
        #expect(tab.answer("r") == Self.answer)
        link.mend()
        try lost.comeBack()
        try lost.waitForEnd(of: "r")
        #expect(lost.answer("r") == Self.answer && lost.model.snapshots == 1)
        #expect(try server.stop() == 0)
    }

    @Test("a tab that stalls and goes on in time is not dropped, and has missed nothing")
    func stallAndGoOn() throws {
        let gate = Gate()
        upstream.answer(halved(by: gate))
        let server = try serve()
        let link = try FaultyLink(to: server.port, socketBuffer: 4096)
        let stalled = try Tab.joined(link.port, session: "s")
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        try stalled.wait(until: { $0.requests["r"]?.answer.isEmpty == false })
        link.change(.down) { $0.flow = .stalls }
        gate.open()
        try tab.waitForEnd(of: "r")
        link.mend()
        try stalled.waitForEnd(of: "r")
        #expect(stalled.answer("r") == Self.answer && stalled.model.snapshots == 1)
        #expect(link.counts.connections == 1)
    }
}
