import BridgeTestKit
import Foundation
import Testing

/// Upstreams that break HTTP or the stream in it, byte by byte. One server lives through all of a test's faults, and serves
/// the next request well.
@Suite("Answers that are broken")
struct FaultyAnswerTests {
    let upstream: ScriptedUpstream
    let folder: TemporaryFolder

    init() throws {
        upstream = try ScriptedUpstream()
        folder = try TemporaryFolder()
    }

    private static let words = ["Once ", "upon ", "a time"]
    private static let whole = Script.chat(words)

    private func serve(_ arguments: [String] = []) throws -> ServerProcess {
        try ServerProcess(configuration: ServerProcess.single(upstream.url + "/v1"), in: folder, arguments)
    }

    /// Runs one request against a script and returns its terminal frame.
    @discardableResult
    private func outcome(of script: Script, for request: String = "r", in tab: Tab) throws -> Frame {
        upstream.answer(script)
        try tab.chat(request)
        try tab.waitForEnd(of: request)
        return try #require(tab.model.frames.last { $0.request == request })
    }

    /// A request that is answered well: nothing of an earlier one is in its way.
    private func expectHealth(_ tab: Tab, _ request: String = "healthy") throws {
        #expect(try outcome(of: Self.whole, for: request, in: tab).type == "end")
        #expect(tab.answer(request) == Self.words.joined())
    }

    @Test("one that comes in pieces of any size is read like one that comes whole", arguments: [1, 2, 3, 7, 64])
    func pieces(size: Int) throws {
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        #expect(try outcome(of: Self.whole.inPieces(of: size), in: tab).type == "end")
        #expect(tab.answer("r") == Self.words.joined())
        #expect(try server.stop() == 0)
    }

    @Test(
        "cut after any byte, in order or by reset, it has one terminal: upstream_closed before [DONE], end after it",
        arguments: [false, true])
    func cutEverywhere(byReset: Bool) throws {
        let bytes = Self.whole.bytes
        let done = try #require(bytes.firstRange(of: Array("[DONE]\n\n".utf8))).upperBound
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        let step = ProcessInfo.processInfo.environment["TRIBUTARY_LONG_TESTS"] == "1" ? 1 : 7
        // The last bytes of the body in any case: what ends an answer is there.
        for count in Array(stride(from: 0, to: done - 60, by: step)) + Array((done - 60)...bytes.count) {
            let id = "cut-\(count)"
            let terminal = try outcome(of: Self.whole.cut(after: count, byReset ? .reset : .close), for: id, in: tab)
            let said = tab.answer(id)
            #expect(Self.words.joined().hasPrefix(said), "after \(count) bytes: \(said)")
            // A reset may overtake what was sent before it.
            if byReset, terminal.code == "upstream_closed" { continue }
            if count < done {
                #expect(terminal.code == "upstream_closed", "after \(count) bytes: \(terminal)")
            } else {
                #expect(terminal.type == "end" && said == Self.words.joined(), "after \(count) bytes: \(terminal)")
            }
        }
        let terminals = tab.model.frames.filter { ["end", "error", "aborted"].contains($0.type) }
        #expect(Set(terminals.compactMap(\.request)).count == terminals.count, "one each")
        try expectHealth(tab)
        #expect(try server.stop() == 0)
    }

    @Test("chunks that are none end it, and what came before stays")
    func brokenChunks() throws {
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        for (index, broken) in ["zz\r\nhello\r\n", "ffffffffffffffffff\r\n", "-5\r\n", "5\r\nhelloXX", "\r\n"]
            .enumerated()
        {
            let terminal = try outcome(
                of: [.streamHead, .delta("x"), .text(broken), .stall], for: "r\(index)", in: tab)
            #expect(terminal.code == "upstream_closed", "\(broken.debugDescription): \(terminal)")
            #expect(tab.answer("r\(index)") == "x")
        }
        try expectHealth(tab)
    }

    @Test("a Content-Length that lies: too long is upstream_closed, too short cuts, and its rest is nobody's answer")
    func contentLength() throws {
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        let event = #"data: {"model":"m","choices":[{"delta":{"content":"x"}}]}"# + "\n\n"
        let long = try outcome(
            of: .stream(contentLength: 10_000, body: event) + [.close], for: "long", in: tab)
        #expect(long.code == "upstream_closed" && tab.answer("long") == "x")
        let ended = try outcome(
            of: .stream(contentLength: 10_000, body: event + "data: [DONE]\n\n") + [.close], for: "ended", in: tab)
        #expect(ended.type == "end", "[DONE] was said")
        let short = try outcome(
            of: .stream(contentLength: event.utf8.count, body: event + event + "data: [DONE]\n\n"), for: "short",
            in: tab)
        #expect(short.code == "upstream_closed" && tab.answer("short") == "x")
        let negative = try outcome(of: .stream(contentLength: -1, body: event) + [.close], for: "negative", in: tab)
        #expect(negative.type == "error", "\(negative)")
        try expectHealth(tab)
    }

    @Test("what follows [DONE] or the last chunk is not shown, and is not the next request's answer")
    func trailingGarbage() throws {
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        let wrong = Script.chat(["somebody else's"])
        let endings: [Script] = [
            [.done, .delta("late"), .event("{garbage"), .lastChunk], [.done, .lastChunk, .lastChunk],
            Script([.done, .lastChunk]) + wrong, [.done, .lastChunk, .text("garbage\r\n\r\n")],
        ]
        for (index, ending) in endings.enumerated() {
            let id = "r\(index)"
            let answer = [.streamHead, .delta("right"), .finish()] + ending
            // In one piece. What comes by itself, after the next request was sent, HTTP/1.1 cannot tell from that one's answer.
            #expect(try outcome(of: [.send(answer.bytes)], for: id, in: tab).type == "end")
            #expect(tab.answer(id) == "right")
            try expectHealth(tab, "after-\(index)")
        }
        #expect(try server.stop() == 0)
    }

    @Test("a status line that is none, and a head without end, are upstream_protocol")
    func garbageHead() throws {
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        let heads: [Script] = [
            [.text("SSH-2.0-OpenSSH_9.2\r\n\r\n"), .close], [.text("HTTP/9.9 777777 what\r\n\r\n"), .close],
            [.text("HTTP/1.1 \r\n\r\n"), .close], [.send((0...255).map { UInt8($0) }), .close],
            Script(Script.Step.endlessHead),
        ]
        for (index, head) in heads.enumerated() {
            let terminal = try outcome(of: head, for: "r\(index)", in: tab)
            #expect(terminal.code == "upstream_protocol", "head \(index): \(terminal)")
        }
        try expectHealth(tab)
    }

    @Test("interim responses are skipped: 100, 102, 103")
    func interim() throws {
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        let script = Script([.interim(100), .interim(102), .interim(103), .interim(103)]) + Self.whole
        #expect(try outcome(of: script, in: tab).type == "end")
        #expect(tab.answer("r") == Self.words.joined())
    }

    @Test("a redirect is not followed: the key and the conversation go nowhere else")
    func redirect() throws {
        let elsewhere = try ScriptedUpstream()
        elsewhere.always(Self.whole)
        let server = try serve()
        let tab = try Tab.joined(server.port, session: "s")
        for status in [301, 302, 303, 307, 308] {
            let target = (name: "Location", value: elsewhere.url + "/v1/chat/completions")
            let terminal = try outcome(
                of: .answer(status: status, headers: [target], body: ""), for: "r\(status)", in: tab)
            #expect(terminal.code == "upstream_error" && terminal["status"] == status, "\(terminal)")
        }
        #expect(elsewhere.connectionCount == 0)
    }

    @Test("signs of life without an answer keep it waiting for its total time and no longer, and fill no memory")
    func heartbeats() throws {
        let server = try serve(["--total-timeout", "1s", "--idle-timeout", "500ms", "--first-byte-timeout", "500ms"])
        let tab = try Tab.joined(server.port, session: "s")
        let before = try server.residentBytes
        let beats = Array(repeating: Array(": still here\n\n".utf8).asChunk, count: 500).flatMap(\.self)
        let blanks = [UInt8](repeating: 10, count: 8_000).asChunk
        for (index, endless) in [beats, blanks].enumerated() {
            let script: Script = [.streamHead, .delta("x"), .endlessly(endless)]
            let terminal = try outcome(of: script, for: "r\(index)", in: tab)
            #expect(terminal.code == "upstream_timeout" && terminal["stage"] == "stream", "\(terminal)")
            #expect(tab.answer("r\(index)") == "x")
        }
        let growth = try server.residentBytes - before
        #expect(BuiltProgram.isSanitized || growth < 16 << 20, "\(growth >> 10) KiB more")
        try expectHealth(tab)
    }

    @Test("words that drip are waited for as long as each comes in time")
    func drip() throws {
        let server = try serve(["--idle-timeout", "1s", "--first-byte-timeout", "1s", "--total-timeout", "3s"])
        let tab = try Tab.joined(server.port, session: "s")
        // A byte at a time, in one event that does not end: not idle, so the total time ends it.
        let byte = try outcome(
            of: [.streamHead, .delta("x"), .drip(Array("x".utf8).asChunk, milliseconds: 50)], for: "byte", in: tab)
        #expect(byte.code == "upstream_timeout")
        let message: String? = byte["message"]
        #expect(message?.contains("in all") ?? false, "\(byte)")
        // A word later than the idle time allows is not waited for.
        guard case .send(let word) = Script.Step.delta("y") else { return }
        let slow = try outcome(of: [.streamHead, .drip(word, milliseconds: 5_000)], for: "slow", in: tab)
        #expect(slow.code == "upstream_timeout" && tab.answer("slow") == "y")
    }

    @Test(
        "an event that does not end is upstream_protocol at its limit; a comment that does not is dropped as it comes")
    func endlessEvent() throws {
        let server = try serve(["--max-event-bytes", "64KiB", "--total-timeout", "1s"])
        let tab = try Tab.joined(server.port, session: "s")
        let before = try server.residentBytes
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 4_000).asChunk
        let starts = [
            ("data: ", "upstream_protocol"), ("event: ", "upstream_protocol"), (": ", "upstream_timeout"),
            ("other: ", "upstream_timeout"),
        ]
        for (index, (start, code)) in starts.enumerated() {
            let script: Script = [.streamHead, .delta("x"), .chunk(start), .endlessly(piece)]
            let terminal = try outcome(of: script, for: "r\(index)", in: tab)
            #expect(terminal.code == code, "\(start): \(terminal)")
        }
        let growth = try server.residentBytes - before
        #expect(BuiltProgram.isSanitized || growth < 16 << 20, "\(growth >> 10) KiB more")
        try expectHealth(tab)
    }
}
