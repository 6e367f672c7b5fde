import BridgeCore
import BridgeTestKit
import ChatProtocol
import Foundation
import Providers
import Testing

@Suite("From one upstream to the next")
struct FallbackTests {
    private func core(
        limits: Limits = Limits(), first: UpstreamTarget.RetryPolicy = .once,
        breaker: UpstreamTarget.BreakerPolicy = .never, third: String = "c"
    ) -> CoreFixture {
        CoreFixture(
            limits: limits,
            targets: [
                .fake(
                    "a", key: "sk-of-a", defaultModel: "m-a",
                    fallbacks: [.init(upstream: "b", model: "m-b"), .init(upstream: third)], retry: first,
                    breaker: breaker),
                .fake("b", key: "sk-of-b", breaker: breaker),
                .fake("c", defaultModel: "m-c"),
            ])
    }

    @Test("what an upstream cannot do, the next one does; retry says where it goes, start who answers")
    func chain() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r", "what?", in: "s", #""key":"sk-of-user""#)
        core.upstream {
            $0.head(503)
            $0.end()
        }
        core.advance(by: 0)
        core.advance(by: 1)
        core.upstream { $0.fail(.connect) }
        core.advance(by: 1)
        core.answer("x")
        let frames = tab.frames + (try tab.read())
        let retries = frames.of("retry")
        #expect(retries.map { $0["attempt"] ?? 0 } == [1, 2])
        #expect(retries.map { $0["upstream"] ?? "" } == ["b", "c"])
        #expect(retries.map { $0["model"] ?? "" } == ["m-b", "m-c"])
        #expect(retries.map { $0["after_ms"] ?? -1 } == [0, 0])
        #expect(retries.map(\.code) == ["upstream_error", "upstream_unreachable"])
        let start = try #require(frames.of("start").first)
        #expect(start["attempt"] == 3 && start["upstream"] == "c" && start["requested_model"] == "m-a")
        #expect(tab.request("r").answer == "x")
        let requests = core.upstream.transfers.map(\.request)
        #expect(requests.map(\.url) == ["a", "b", "c"].map { "http://\($0).test/v1/chat/completions" })
        #expect(requests.map { $0.key?.withSecret { $0 } } == ["sk-of-user", "sk-of-b", nil])
        for (transfer, model) in zip(core.upstream.transfers, ["m-a", "m-b", "m-c"]) {
            #expect(transfer.body.contains("what?") && transfer.body.contains(#""model":"\#(model)""#))
        }
    }

    @Test("what a lenient one is not sent is told where the request goes there, and only there")
    func dropped() throws {
        let core = CoreFixture(targets: [
            .fake("a", defaultModel: "m", fallbacks: [.init(upstream: "b"), .init(upstream: "c")]),
            .fake("b", dialect: .anthropic, defaultModel: "m-b", rules: ParameterRules(lenient: true)),
            .fake("c", defaultModel: "m-c"),
        ])
        let tab = try core.tab()
        try tab.chat("r", "what?", in: "s", #""params":{"seed":7,"logit_bias":{"1":2},"temperature":0}"#)
        for _ in 0..<2 {
            core.upstream { $0.fail(.connect) }
            core.advance(by: 1)
        }
        let frames = tab.frames + (try tab.read())
        #expect(frames.of("request").first?["dropped"] as [String]? == nil)
        let retries = frames.of("retry").map { $0["dropped"] as [String]? }
        #expect(retries == [["seed", "logit_bias"], nil])
    }

    @Test("the same upstream is tried again first, as often as it may")
    func retriesFirst() throws {
        let core = core(first: .init(maxAttempts: 2, baseDelay: 10, maxDelay: 10))
        let tab = try core.tab()
        try tab.chat("r")
        for _ in 0..<2 {
            core.upstream {
                $0.head(500)
                $0.end()
            }
            core.advance(by: 10)
        }
        let retries = tab.frames + (try tab.read())
        #expect(retries.of("retry").map { $0["upstream"] ?? "" } == ["", "b"])
        #expect(core.upstream.last.request.url.contains("//b."))
    }

    @Test("a wait that is too long, a model that is not known and a silence lead on at once")
    func elsewhere() throws {
        let plays: [(FakeTransfer) -> Void] = [
            {
                $0.head(429, [("retry-after", "3600")])
                $0.end()
            },
            {
                $0.head(404)
                $0.bytes(#"{"error":{"message":"no such model"}}"#)
                $0.end()
            },
            {
                $0.head()
                $0.bytes("<html>log in to this network")
            },
        ]
        for play in plays {
            let core = core(first: .init(maxAttempts: 5))
            let tab = try core.tab()
            try tab.chat("r")
            core.upstream(play)
            core.advance(by: 1)
            #expect(core.upstream.transfers.count == 2 && core.upstream.last.request.url.contains("//b."))
        }
        let core = core(first: .init(maxAttempts: 5))
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.connect() }
        core.advance(by: 60_001)
        #expect(core.upstream.transfers.count == 2 && core.upstream.last.request.url.contains("//b."))
        core.answer("x")
        try tab.read()
        #expect(tab.request("r").terminal == "end")
    }

    @Test("what is wrong with the request or its key is wrong everywhere", arguments: [400, 401, 403, 422])
    func nowhere(_ status: Int) throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head(status)
            $0.end()
        }
        #expect(try tab.read().types == ["error"])
    }

    @Test("where the last one fails, its failure is the request's")
    func last() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        for status in [500, 502, 503] {
            core.upstream {
                $0.head(status)
                $0.end()
            }
            core.advance(by: 1)
        }
        try tab.read()
        #expect(tab.frames.last?.type == "error" && tab.frames.last?["status"] == 503)
        #expect(core.upstream.transfers.count == 3 && core.timers.pendingCount == 0)
    }

    @Test("each upstream has its own patience; the first one's total counts for all")
    func patience() throws {
        let core = CoreFixture(targets: [
            .fake(
                "a", fallbacks: [.init(upstream: "b")],
                timeouts: .init(connect: 100, firstByte: 50, idle: 60, total: 400)),
            .fake("b", timeouts: .init(connect: 1_000, firstByte: 1_000, idle: 1_000, total: 1_000)),
        ])
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.connect() }
        core.advance(by: 50)
        core.advance(by: 1)
        #expect(core.upstream.transfers.count == 2)
        core.upstream {
            $0.head()
            $0.text("x")
        }
        core.advance(by: 348)
        #expect(try tab.read().of("error").isEmpty)
        core.advance(by: 1)
        #expect(try tab.read().of("error").first?.description.contains("400 ms in all") == true)
    }

    @Test("headers of the configuration go along, in place of the dialect's own")
    func headers() throws {
        let core = CoreFixture(targets: [
            .fake("a", headers: [("User-Agent", "tests"), ("accept", "application/json")])
        ])
        let tab = try core.tab()
        try tab.chat("r")
        let headers = core.upstream.last.request.headers
        #expect(headers.count { $0.name.lowercased() == "accept" } == 1)
        #expect(headers.contains { $0.name == "accept" && $0.value == "application/json" })
        #expect(headers.contains { $0.name == "User-Agent" } && headers.contains { $0.name == "Content-Type" })
    }

    @Test("a key is cut out of what its own upstream says, on every attempt")
    func keys() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r", "what?", in: "s", #""key":"sk-of-user""#)
        for key in ["sk-of-user", "sk-of-b", "none"] {
            core.upstream {
                $0.head(503)
                $0.bytes(#"{"error":{"message":"not for \#(key)"}}"#)
                $0.end()
            }
            core.advance(by: 1)
        }
        try tab.read()
        #expect(tab.frames.allSatisfy { !$0.description.contains("sk-of") })
    }

    @Test("after a reload a request goes on with the upstreams that it began with")
    func reload() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.node.catalogue = UpstreamCatalogue([.fake("z")])
        core.upstream { $0.fail(.connect) }
        core.advance(by: 1)
        #expect(core.upstream.last.request.url.contains("//b."))
        core.answer("x")
        try tab.read()
        #expect(tab.request("r").terminal == "end")
    }

    @Test("an upstream that does not answer is left alone, and requests go on at once")
    func breaker() throws {
        let core = core(breaker: .init(failures: 2, openFor: 10_000))
        let tab = try core.tab()
        for index in 0..<2 {
            try tab.chat("r\(index)")
            core.upstream { $0.fail(.connect) }
            core.advance(by: 1)
            core.answer("x")
        }
        #expect(core.diagnostics.events.contains { if case .breakerOpened("a", 10_000) = $0 { true } else { false } })
        try tab.chat("fast")
        core.advance(by: 1)
        #expect(core.upstream.last.request.url.contains("//b."))
        core.answer("x")
        try tab.read()
        let retry = try #require(tab.frames.of("retry").last)
        #expect(retry.code == "upstream_unreachable" && retry["upstream"] == "b")
        #expect(tab.frames.of("start").last?["attempt"] == 2)

        core.advance(by: 10_000)
        try tab.chat("trial")
        #expect(core.upstream.last.request.url.contains("//a."))
        try tab.chat("meanwhile")
        core.advance(by: 1)
        #expect(core.upstream.last.request.url.contains("//b."))
        // It answers: what its model thinks before the first word nobody has to wait for.
        core.upstream.transfers[core.upstream.transfers.count - 2].head()
        #expect(core.diagnostics.events.contains { if case .breakerClosed("a") = $0 { true } else { false } })
        try tab.chat("back")
        #expect(core.upstream.last.request.url.contains("//a."))
    }

    @Test("without another upstream it fails at once, and says when to come back; a reload forgets nothing")
    func shut() throws {
        let target = UpstreamTarget.fake("a", breaker: .init(failures: 1, openFor: 9_000))
        let core = CoreFixture(targets: [target])
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.fail(.connect) }
        core.advance(by: 1_000)
        core.node.catalogue = UpstreamCatalogue([.fake("a", breaker: .init(failures: 1, openFor: 9_000))])
        try tab.chat("q")
        let error = try #require(tab.frames.last)
        #expect(error.code == "upstream_unreachable" && error["retry_after_ms"] == 8_000)
        #expect(error["stage"] == "connect" && error["retryable"] == true && core.upstream.transfers.count == 1)
        core.advance(by: 8_000)
        try tab.chat("p")
        try tab.abort("p")
        // The trial told nothing: the next one tries.
        try tab.chat("o")
        #expect(core.upstream.transfers.count == 3)
        core.answer("x")
        try tab.chat("n")
        #expect(core.upstream.transfers.count == 4)
    }

    @Test("refusals of another kind do not open it")
    func alive() throws {
        let core = CoreFixture(targets: [.fake("a", breaker: .init(failures: 1, openFor: 9_000))])
        let tab = try core.tab()
        for (index, status) in [429, 401, 404, 400, 408].enumerated() {
            try tab.chat("r\(index)")
            core.upstream {
                $0.head(status)
                $0.end()
            }
        }
        try tab.chat("cut")
        core.upstream {
            $0.head()
            $0.text("x")
            $0.fail(.closed)
        }
        try tab.chat("last")
        #expect(core.upstream.transfers.count == 7)
    }
}
