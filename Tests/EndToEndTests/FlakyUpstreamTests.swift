import BridgeTestKit
import Testing

/// Upstreams that refuse three attempts in ten: what the tabs are told is what was said to them, and all of it.
@Suite("A flaky upstream", .serialized)
struct FlakyUpstreamTests {
    private static let sessions = 5
    private static let rounds = 20
    private static let perRound = 10
    private static let places = 16

    private static func configuration(_ first: ScriptedUpstream, _ second: ScriptedUpstream) -> String {
        """
        upstreams:
          first:
            base_url: \(first.url)/v1
            max_concurrent: \(places)
            retry: &brief {attempts: 2, base: 2ms, max_delay: 20ms}
            breaker: {failures: 0}
            fallbacks: [second]
          second: {base_url: "\(second.url)/v1", max_concurrent: \(places), retry: *brief, breaker: {failures: 0}}
        """
    }

    @Test(
        "a thousand requests are all answered, or failed with the right code; no word is lost, none comes twice",
        arguments: Seeds.of(1))
    func thousand(seed: UInt64) throws {
        let book = FlakyBook(seed: seed)
        let (first, second) = (try ScriptedUpstream(), try ScriptedUpstream())
        defer {
            first.stop()
            second.stop()
        }
        first.always { book.script(for: $0, at: "first") }
        second.always { book.script(for: $0, at: "second") }
        let server = try ServerProcess(
            configuration: Self.configuration(first, second), in: try TemporaryFolder(), ["--log-level", "notice"])
        let port = server.port
        let failures = Monitor<[String]>([])
        // A session each: two tabs that chat in turn, each of which sees what the other asks.
        let threads = (0..<Self.sessions).map { session in
            ServerThread {
                do {
                    let problems = try Self.converse(port, "s\(session)", book)
                    failures.withLock { $0 += problems }
                } catch {
                    failures.withLock { $0.append("s\(session): \(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        let problems = failures.withLock { $0 }
        #expect(problems.isEmpty, "seed \(seed): \(problems.count) problems: \(problems.prefix(5))")
        #expect(book.requests == Self.sessions * Self.rounds * Self.perRound)
        #expect(book.attempts == first.requests.count + second.requests.count)
        // Both upstreams were needed, and neither was given more than it takes.
        #expect((1...Self.places).contains(book.mostInside("first")))
        #expect((1...Self.places).contains(book.mostInside("second")))
        #expect(try server.stop() == 0)
    }

    /// A session's share; what is wrong with it.
    private static func converse(_ port: UInt16, _ session: String, _ book: FlakyBook) throws -> [String] {
        let tabs = [try Tab.joined(port, session: session), try Tab.joined(port, session: session)]
        var names: [String] = []
        for round in 0..<rounds {
            let batch = (0..<perRound).map { "\(session)-\(round)-\($0)" }
            for (index, name) in batch.enumerated() {
                try tabs[index % 2].send(
                    #"{"type":"chat","session":"\#(session)","request":"\#(name)","store":false,"#
                        + #""messages":[{"role":"user","content":"\#(name)"}],"model":"flaky"}"#)
            }
            for tab in tabs { for name in batch { try tab.waitForEnd(of: name) } }
            names += batch
        }
        return tabs.flatMap { tab in
            let frames = Dictionary(grouping: tab.model.frames.filter(\.isLogFrame)) { $0.request ?? "" }
            return names.compactMap { name in
                problem(with: frames[name] ?? [], text: tab.answer(name), entries: book.entries(name)).map {
                    "\(name): \($0): \(frames[name] ?? []) \(book.entries(name))"
                }
            }
        }
    }

    /// What does not fit to what the upstreams have told the request, if anything.
    private static func problem(with frames: [Frame], text: String, entries: [FlakyBook.Entry]) -> String? {
        guard let end = frames.last, let last = entries.last else { return "nothing was said" }
        for upstream in ["first", "second"] where entries.count(where: { $0.upstream == upstream }) > 2 {
            return "\(upstream) was asked too often"
        }
        let retries = frames.filter { $0.type == "retry" }
        guard retries.map({ $0["attempt"] ?? 0 }) == Array(1..<max(1, entries.count)) else { return "its retries" }
        for (retry, entry) in zip(retries, entries) {
            guard retry.code == code(entry.answer), retry["status"] == status(entry.answer) else { return "a retry" }
        }
        let wasMoved = zip(retries, zip(entries, entries.dropFirst())).allSatisfy { retry, pair in
            retry["upstream"] == (pair.0.upstream == pair.1.upstream ? nil : pair.1.upstream)
        }
        guard wasMoved else { return "where it went" }
        if let start = frames.first(where: { $0.type == "start" }) {
            guard start["attempt"] == entries.count, start["upstream"] == last.upstream, start["model"] == last.upstream
            else { return "its start" }
        }
        switch last.answer {
        case .whole(let said):
            guard end.type == "end", text == said else { return "its answer" }
        case .cut(let said):
            guard end.code == "upstream_closed", text == said else { return "its cut answer" }
        case .refused, .broken:
            guard entries.count == 4 else { return "it was given up too early" }
            guard end.code == code(last.answer), end["status"] == status(last.answer), text.isEmpty else {
                return "its failure"
            }
        }
        return nil
    }

    private static func code(_ answer: FlakyAnswer) -> String? {
        switch answer {
        case .refused(429): "upstream_rate_limited"
        case .refused: "upstream_error"
        case .broken, .cut: "upstream_closed"
        case .whole: nil
        }
    }

    private static func status(_ answer: FlakyAnswer) -> Int? {
        guard case .refused(let status) = answer else { return nil }
        return status
    }

    @Test("who waits for a place is told how long it was, and the sessions take turns")
    func queue() throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        let gate = Gate()
        upstream.answer([.streamHead, .delta("first"), .wait(gate), .finish(), .done, .lastChunk])
        upstream.always(.chat(["next"]))
        let server = try ServerProcess(
            configuration: "upstreams: {main: {base_url: \"\(upstream.url)/v1\", max_concurrent: 1}}",
            in: try TemporaryFolder())
        let (busy, quiet) = (
            try Tab.joined(server.port, session: "busy"), try Tab.joined(server.port, session: "quiet")
        )
        try busy.chat("b0")
        try busy.wait(until: { $0.requests["b0"]?.answer == "first" })
        for index in 1...3 { try busy.chat("b\(index)") }
        try busy.wait(until: { $0.requests["b3"] != nil })
        try quiet.chat("q", model: "quiet")
        try quiet.wait(until: { $0.requests["q"] != nil })
        let accepted = ContinuousClock.now
        try busy.abort("b2")
        #expect(try busy.waitForEnd(of: "b2") == "aborted")
        #expect(upstream.requests.count == 1, "nobody else was let in")
        let waited = ContinuousClock.now - accepted
        gate.open()
        for id in ["b1", "b3"] { #expect(try busy.waitForEnd(of: id) == "end") }
        #expect(try quiet.waitForEnd(of: "q") == "end")
        let frames = busy.model.frames + quiet.model.frames
        func timing(_ id: String) -> [String: Any] {
            frames.last { $0.request == id && $0.isLogFrame }?.object("timing") ?? [:]
        }
        // Each waited at least as long as was measured here, whatever else took its time.
        let least = Int(waited / .milliseconds(1))
        for id in ["b1", "b3", "q"] { #expect(timing(id)["queued_ms"] as? Int ?? -1 >= least, "\(timing(id))") }
        #expect(timing("b2")["queued_ms"] == nil, "it never began")
        #expect(upstream.requests.count == 4)
        // The one of the quiet session did not wait for all of the busy one's.
        #expect(upstream.requests.last?.asks(forModel: "quiet") == false)
        #expect(try server.stop() == 0)
    }
}
