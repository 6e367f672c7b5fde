import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("The models of several upstreams")
struct ModelShelfTests {
    private let core: CoreFixture
    private let tab: Tab

    init() throws {
        core = CoreFixture(targets: [.fake("a"), .fake("b"), .fake("c")])
        tab = try core.tab()
    }

    /// An upstream's newest transfer answers with these ids.
    private func list(_ name: String, _ ids: String...) throws {
        let transfer = try #require(core.upstream.newest(to: name))
        transfer.head()
        transfer.bytes(#"{"data":[\#(ids.map { #"{"id":"\#($0)"}"# }.joined(separator: ","))]}"#)
        transfer.end()
        core.node.flush()
    }

    private func fail(_ name: String) throws {
        try #require(core.upstream.newest(to: name)).fail(.connect)
        core.node.flush()
    }

    /// `upstream/id` of a `models` frame.
    private func shown(_ frames: [Frame]) -> [String]? {
        frames.of("models").first?.objects("models").map { "\($0["upstream"] ?? "-")/\($0["id"] ?? "-")" }
    }

    private func failed(_ frames: [Frame]) -> [String] {
        frames.of("models").first?.objects("failed").map { "\($0["upstream"] ?? "-"):\($0["code"] ?? "-")" } ?? []
    }

    private func ask(_ more: String = "") throws -> [Frame] { try tab.send(#"{"type":"models"\#(more)}"#) }

    @Test("all lists in the order of the configuration, once all have come")
    func merged() throws {
        #expect(try ask().isEmpty && core.upstream.transfers.count == 3)
        try list("c", "x")
        try list("a", "y", "z")
        #expect(try tab.read().isEmpty)
        try list("b")
        let frames = try tab.read()
        #expect(shown(frames) == ["a/y", "a/z", "c/x"] && failed(frames) == [] && core.timers.pendingCount == 0)
        #expect(frames.first?.object["failed"] == nil)
    }

    @Test("a slow one holds up the others for two seconds; its list is there the next time")
    func slow() throws {
        #expect(try ask().isEmpty)
        try list("a", "y")
        try list("b", "x")
        core.advance(by: 1_900)
        #expect(try tab.read().isEmpty)
        core.advance(by: 100)
        let frames = try tab.read()
        #expect(shown(frames) == ["a/y", "b/x"] && failed(frames) == ["c:upstream_timeout"])
        try list("c", "late")
        #expect(try tab.read().isEmpty, "it was answered")
        #expect(shown(try ask()) == ["a/y", "b/x", "c/late"])
        #expect(core.upstream.transfers.count == 3)
    }

    @Test("one that fails is named, with its code, and is asked again after five seconds")
    func failing() throws {
        _ = try ask()
        try list("a", "y")
        try fail("b")
        try list("c")
        let frames = try tab.read()
        #expect(shown(frames) == ["a/y"] && failed(frames) == ["b:upstream_unreachable"])
        let one = try #require(frames.first?.objects("failed").first)
        #expect((one["message"] as? String)?.contains("cannot be reached") == true)
        core.advance(by: 4_000)
        #expect(failed(try ask()) == ["b:upstream_unreachable"] && core.upstream.transfers.count == 3)
        core.advance(by: 1_000)
        #expect(try ask().isEmpty && core.upstream.transfers.count == 4)
        try list("b", "back")
        #expect(shown(try tab.read()) == ["a/y", "b/back"])
    }

    @Test("two who ask at a time share the transfers, and both are answered")
    func shared() throws {
        let other = try core.tab()
        _ = try ask()
        _ = try other.send(#"{"type":"models","id":2}"#)
        _ = try other.send(#"{"type":"models","upstream":"b","id":3}"#)
        #expect(core.upstream.transfers.count == 3)
        for name in ["b", "a", "c"] { try list(name, "m") }
        #expect(shown(try tab.read()) == ["a/m", "b/m", "c/m"])
        let frames = try other.read()
        #expect(frames.map { $0["id"] } == [3, 2] && shown(frames) == ["b/m"])
    }

    @Test("an old list is answered at once and renewed behind it; if that fails, it stays and is said so")
    func stale() throws {
        _ = try ask(#","upstream":"a""#)
        try list("a", "old")
        #expect(shown(try tab.read()) == ["a/old"])
        core.advance(by: 299_000)
        #expect(shown(try ask(#","upstream":"a""#)) == ["a/old"] && core.upstream.transfers.count == 1)
        core.advance(by: 1_000)
        #expect(shown(try ask(#","upstream":"a""#)) == ["a/old"] && core.upstream.transfers.count == 2)
        try fail("a")
        let frames = try ask(#","upstream":"a""#)
        #expect(shown(frames) == ["a/old"] && failed(frames) == ["a:upstream_unreachable"])
        core.advance(by: 5_000)
        #expect(failed(try ask(#","upstream":"a""#)) == [])
        try list("a", "new")
        #expect(try tab.read().isEmpty)
        #expect(shown(try ask(#","upstream":"a""#)) == ["a/new"])
    }

    @Test("that a list could not be had is remembered no longer than a list would be")
    func briefFailure() throws {
        var limits = Limits()
        limits.modelListAge = 1_000
        let core = CoreFixture(limits: limits, targets: [.fake("a")])
        let tab = try core.tab()
        #expect(try tab.send(#"{"type":"models"}"#).isEmpty)
        try #require(core.upstream.newest(to: "a")).fail(.connect)
        core.node.flush()
        #expect(try tab.read().map(\.code) == ["upstream_unreachable"])
        core.advance(by: 900)
        #expect(try tab.send(#"{"type":"models"}"#).map(\.code) == ["upstream_unreachable"])
        #expect(core.upstream.transfers.count == 1)
        core.advance(by: 100)
        #expect(try tab.send(#"{"type":"models"}"#).isEmpty && core.upstream.transfers.count == 2)
    }

    @Test("where lists are not kept at all, one question asks each upstream once, also one that fails")
    func notKept() throws {
        var limits = Limits()
        limits.modelListAge = 0
        let core = CoreFixture(limits: limits, targets: [.fake("a"), .fake("b"), .fake("c")])
        let tab = try core.tab()
        for transfers in [3, 6] {
            #expect(try tab.send(#"{"type":"models"}"#).isEmpty && core.upstream.transfers.count == transfers)
            for name in ["a", "b"] {
                let transfer = try #require(core.upstream.newest(to: name))
                transfer.head()
                transfer.bytes(#"{"data":[{"id":"m"}]}"#)
                transfer.end()
                core.node.flush()
                #expect(try tab.read().isEmpty)
            }
            try #require(core.upstream.newest(to: "c")).fail(.connect)
            core.node.flush()
            let frames = try tab.read()
            #expect(shown(frames) == ["a/m", "b/m"] && failed(frames) == ["c:upstream_unreachable"])
            #expect(core.upstream.transfers.count == transfers)
        }
    }

    @Test("where lists are not kept at all, each question is answered with the list that it asked for")
    func everNew() throws {
        var limits = Limits()
        limits.modelListAge = 0
        let core = CoreFixture(limits: limits, targets: [.fake("a"), .fake("b")])
        let tab = try core.tab()
        func list(_ name: String, _ id: String) throws -> [Frame] {
            let transfer = try #require(core.upstream.newest(to: name))
            transfer.head()
            transfer.bytes(#"{"data":[{"id":"\#(id)"}]}"#)
            transfer.end()
            core.node.flush()
            return try tab.read()
        }
        for (model, transfers) in [("m1", 2), ("m2", 4)] {
            #expect(try tab.send(#"{"type":"models"}"#).isEmpty)
            #expect(try list("a", model).isEmpty)
            #expect(shown(try list("b", model)) == ["a/\(model)", "b/\(model)"])
            #expect(core.upstream.transfers.count == transfers)
        }
        #expect(try tab.send(#"{"type":"models","upstream":"a"}"#).isEmpty)
        #expect(shown(try list("a", "m3")) == ["a/m3"])
        #expect(try tab.send(#"{"type":"models"}"#).isEmpty)
        #expect(try list("b", "m4").isEmpty)
        core.advance(by: limits.modelListTimeout)
        let late = try tab.read()
        #expect(
            shown(late) == ["a/m3", "b/m4"] && failed(late) == ["a:upstream_timeout"], "the last one, and that it is")
    }

    @Test(
        "where lists are not kept at all, a later question takes nothing from an earlier one, whatever that has heard",
        arguments: [true, false])
    func twoQuestions(isListed: Bool) throws {
        var limits = Limits()
        limits.modelListAge = 0
        let core = CoreFixture(limits: limits, targets: [.fake("a"), .fake("b")])
        let (first, second) = (try core.tab(), try core.tab())
        func list(_ name: String, _ id: String) throws {
            let transfer = try #require(core.upstream.newest(to: name))
            transfer.head()
            transfer.bytes(#"{"data":[{"id":"\#(id)"}]}"#)
            transfer.end()
            core.node.flush()
        }
        #expect(try first.send(#"{"type":"models"}"#).isEmpty && core.upstream.transfers.count == 2)
        if isListed {
            try list("a", "m1")
        } else {
            try #require(core.upstream.newest(to: "a")).fail(.connect)
            core.node.flush()
        }
        #expect(try first.read().isEmpty)
        #expect(try second.send(#"{"type":"models"}"#).isEmpty && core.upstream.transfers.count == 3)
        try list("b", "x")
        let frames = try first.read()
        #expect(shown(frames) == (isListed ? ["a/m1", "b/x"] : ["b/x"]))
        #expect(failed(frames) == (isListed ? [] : ["a:upstream_unreachable"]))
        #expect(try second.read().isEmpty)
        try list("a", "m2")
        let later = try second.read()
        #expect(shown(later) == ["a/m2", "b/x"] && failed(later) == [] && core.upstream.transfers.count == 3)
    }

    @Test("a single upstream is waited for as long as a request would be")
    func patient() throws {
        _ = try ask(#","upstream":"b""#)
        core.advance(by: 69_000)
        #expect(try tab.read().isEmpty)
        core.advance(by: 1_000)
        #expect(try tab.read().map(\.code) == ["upstream_timeout"])
    }

    @Test("where there is no room for transfers, that is what failed")
    func noRoom() throws {
        var limits = Limits()
        limits.maxRequests = 1
        let core = CoreFixture(limits: limits, targets: [.fake("a"), .fake("b")])
        let tab = try core.tab()
        try tab.chat("r")
        let frames = try tab.send(#"{"type":"models"}"#)
        #expect(failed(frames) == ["a:too_many_requests", "b:too_many_requests"])
        try tab.abort("r")
        #expect(try tab.send(#"{"type":"models"}"#).isEmpty && core.upstream.transfers.count == 2)
        for name in ["a", "b"] {
            let transfer = try #require(core.upstream.newest(to: name), "one after the other")
            transfer.head()
            transfer.bytes(#"{"data":[{"id":"m"}]}"#)
            transfer.end()
        }
        core.node.flush()
        #expect(shown(try tab.read()) == ["a/m", "b/m"])
    }
}

@Suite("What is said of a model")
struct ModelEntryTests {
    private func entries(_ target: UpstreamTarget, _ body: String?) throws -> [[String: Any]] {
        let core = CoreFixture(targets: [target])
        let tab = try core.tab()
        try tab.send(#"{"type":"models"}"#)
        core.upstream {
            if let body {
                $0.head()
                $0.bytes(body)
                $0.end()
            } else {
                $0.fail(.resolve)
            }
        }
        return try #require(try tab.read().of("models").first, "\(tab.frames)").objects("models")
    }

    @Test("what is known of it: window, modalities, price")
    func facts() throws {
        let target = UpstreamTarget.fake("u") { model in
            guard model == "known" else { return ModelFacts() }
            return ModelFacts(
                contextTokens: 128_000, maxOutputTokens: 4_096, inputModalities: ["text", "image"],
                outputModalities: ["text"], inputPrice: "2.50", outputPrice: "10.00")
        }
        let list = try entries(target, #"{"data":[{"id":"known"},{"id":"other"}]}"#)
        #expect(list[0]["context_tokens"] as? Int == 128_000 && list[0]["max_output_tokens"] as? Int == 4_096)
        #expect(list[0]["input"] as? [String] == ["text", "image"] && list[0]["output"] as? [String] == ["text"])
        #expect(list[0]["price"] as? [String: String] == ["input": "2.50", "output": "10.00"])
        #expect(Set(list[1].keys) == ["id", "upstream"])
    }

    @Test("only what the configuration serves; and what it names, also where the list does not or cannot be had")
    func configured() throws {
        let target = UpstreamTarget.fake("u", models: ["gpt-*", "mine"])
        func ids(_ body: String?) throws -> [String?] { try entries(target, body).map { $0["id"] as? String } }
        #expect(try ids(#"{"data":[{"id":"gpt-5"},{"id":"whisper"}]}"#) == ["gpt-5", "mine"])
        #expect(try ids(#"{"data":[{"id":"mine"},{"id":"gpt-5"}]}"#) == ["mine", "gpt-5"])
        #expect(try ids(nil) == ["mine"])
    }

    @Test("an upstream that is asked with clients' keys only shows what is configured, and says what is missing")
    func clientKeys() throws {
        let core = CoreFixture(targets: [
            .fake("u", keyPolicy: .client, models: ["mine"]), .fake("v", keyPolicy: .client),
        ])
        let tab = try core.tab()
        let frames = try tab.send(#"{"type":"models"}"#)
        #expect(core.upstream.transfers.isEmpty)
        #expect(frames[0].objects("models").map { $0["id"] as? String } == ["mine"])
        #expect(frames[0].objects("failed").map { $0["code"] as? String } == ["missing_key", "missing_key"])
        #expect(try tab.send(#"{"type":"models","upstream":"v"}"#).map(\.code) == ["missing_key"])
    }
}

@Suite("Another configuration")
struct CatalogueSwapTests {
    @Test("lists of upstreams that are the same stay; others are let go of, and who waits is answered")
    func models() throws {
        let core = CoreFixture(targets: [.fake("stays", key: "k"), .fake("goes"), .fake("rekeyed", key: "k")])
        let tab = try core.tab()
        for name in ["stays", "rekeyed"] {
            try tab.send(#"{"type":"models","upstream":"\#(name)"}"#)
            core.upstream {
                $0.head()
                $0.bytes(#"{"data":[{"id":"\#(name)-model"}]}"#)
                $0.end()
            }
        }
        try tab.send(#"{"type":"models","upstream":"goes"}"#)
        let running = core.upstream.last
        try tab.read()
        core.node.catalogue = UpstreamCatalogue([
            .fake("stays", key: "k", models: ["*"]), .fake("rekeyed", key: "new"), .fake("added"),
        ])
        core.node.flush()
        #expect(running.isCancelled)
        #expect(try tab.read().map(\.code) == ["bad_request"])
        let before = core.upstream.transfers.count
        #expect(try tab.send(#"{"type":"models","upstream":"stays"}"#).of("models").count == 1)
        #expect(core.upstream.transfers.count == before)
        #expect(try tab.send(#"{"type":"models","upstream":"rekeyed"}"#).isEmpty)
        #expect(core.upstream.transfers.count == before + 1)
        #expect(core.upstream.last.request.key?.withSecret { $0 } == "new")
    }

    @Test("running requests go on; new ones go where the new one says")
    func requests() throws {
        let core = CoreFixture(targets: [.fake("old", defaultModel: "m")])
        let tab = try core.tab()
        try tab.chat("a")
        core.node.catalogue = UpstreamCatalogue([.fake("new", defaultModel: "m")])
        core.answer("still here")
        try tab.read()
        #expect(tab.request("a").answer == "still here" && tab.request("a").terminal == "end")
        let request = try #require(try tab.chat("b").of("request").first)
        #expect(request["upstream"] == "new" && core.upstream.newest(to: "new") === core.upstream.last)
        #expect(try tab.chat("c", "x", in: "s", #""upstream":"old""#).map(\.code) == ["bad_request"])
    }
}
