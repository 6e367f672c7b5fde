import BridgeCore
import BridgeTestKit
import ChatProtocol
import Foundation
import Testing

@Suite("Attempts at one upstream")
struct RetryTests {
    private func core(
        _ retry: UpstreamTarget.RetryPolicy = .init(
            maxAttempts: 3, baseDelay: 100, maxDelay: 5_000, maxElapsed: 60_000),
        limits: Limits = Limits(), key: String? = nil
    ) -> CoreFixture {
        CoreFixture(limits: limits, targets: [.fake("default", key: key, defaultModel: "fake-model", retry: retry)])
    }

    /// How an attempt can fail before its first delta so that another may help, and what is said of it.
    private static let failures: [(name: String, code: String, status: Int?, play: @Sendable (FakeTransfer) -> Void)] =
        [
            ("resolve", "upstream_unreachable", nil, { $0.fail(.resolve) }),
            ("connect", "upstream_unreachable", nil, { $0.fail(.connect) }),
            ("tls", "upstream_unreachable", nil, { $0.fail(.tls) }),
            (
                "cut before the head", "upstream_closed", nil,
                {
                    $0.connect(); $0.fail(.closed)
                }
            ),
            (
                "cut before a delta", "upstream_closed", nil,
                {
                    $0.head(); $0.event(#"{"model":"m"}"#); $0.fail(.closed)
                }
            ),
            (
                "a clean end before a delta", "upstream_closed", nil,
                {
                    $0.head(); $0.event(#"{"model":"m","choices":[]}"#); $0.end()
                }
            ),
            (
                "empty", "upstream_protocol", nil,
                {
                    $0.head(); $0.end()
                }
            ),
            (
                "408", "upstream_error", 408,
                {
                    $0.head(408); $0.end()
                }
            ),
            (
                "429", "upstream_rate_limited", 429,
                {
                    $0.head(429); $0.end()
                }
            ),
            (
                "500", "upstream_error", 500,
                {
                    $0.head(500); $0.end()
                }
            ),
            (
                "503", "upstream_error", 503,
                {
                    $0.head(503); $0.bytes("<html>busy"); $0.end()
                }
            ),
            (
                "529", "upstream_error", 529,
                {
                    $0.head(529); $0.end()
                }
            ),
            (
                "overloaded as first event", "upstream_error", nil,
                {
                    $0.head(); $0.event(#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#)
                }
            ),
        ]

    @Test("what may be better a moment later is tried again, and said so", arguments: failures.indices)
    func again(index: Int) throws {
        let (_, code, status, play) = Self.failures[index]
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream(play)
        let retry = try #require(try tab.read().last)
        #expect(retry.type == "retry" && retry["attempt"] == 1 && retry.code == code && retry["status"] == status)
        #expect(retry["upstream"] == String?.none)
        let delay = try #require(retry["after_ms"] as Int?)
        #expect((0...100).contains(delay))
        #expect(core.upstream.transfers.count == 1 && tab.request("r").terminal == nil)
        core.advance(by: UInt64(delay))
        #expect(core.upstream.transfers.count == 2)
        core.answer("well")
        let frames = try tab.read()
        #expect(frames.types == ["start", "delta", "end"] && tab.request("r").answer == "well")
        #expect(frames[0]["attempt"] == 2)
        core.advance(by: 3_000)
        #expect(core.timers.pendingCount == 0)
    }

    @Test(
        "what is wrong with the request, or would be the same, is not",
        arguments: [
            (400, #"{"error":{"message":"bad"}}"#, "upstream_error"), (401, "{}", "missing_key"),
            (403, "{}", "missing_key"), (404, #"{"error":{"message":"no"}}"#, "model_not_found"),
            (413, "", "upstream_error"),
            (422, "", "upstream_error"),
            (400, #"{"error":{"code":"context_length_exceeded","message":"long"}}"#, "context_length"),
        ])
    func never(_ status: Int, _ body: String, _ code: String) throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head(status)
            $0.bytes(body)
            $0.end()
        }
        #expect(try tab.read().types == ["error"] && tab.request("r").errorCode == code)
    }

    @Test("after the first delta nothing is tried again")
    func afterDelta() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head()
            $0.text("half")
            $0.fail(.closed)
        }
        #expect(try tab.read().types == ["start", "delta", "error"] && tab.request("r").answer == "half")
        core.advance(by: 60_000)
        #expect(core.upstream.transfers.count == 1)
    }

    @Test("attempts are bounded; the last failure is the request's, and there is no start")
    func bounded() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        for status in [500, 503, 429] {
            core.upstream {
                $0.head(status)
                $0.event(#"{"model":"m","choices":[]}"#)
                $0.end()
            }
            core.advance(by: 1_000)
        }
        let frames = try tab.read()
        #expect(frames.types == ["retry", "retry", "error"])
        #expect(frames.map { $0["status"] ?? 0 } == [500, 503, 429])
        #expect(frames.prefix(2).map { $0["attempt"] ?? 0 } == [1, 2])
        #expect(core.upstream.transfers.count == 3 && core.timers.pendingCount == 0)
    }

    @Test("the wait is jittered and doubles, up to its bound")
    func backoff() throws {
        var longest = [0, 0, 0, 0]
        let core = core(.init(maxAttempts: 5, baseDelay: 1_000, maxDelay: 3_000, maxElapsed: 1_000_000))
        let tab = try core.tab()
        for request in 0..<60 {
            try tab.chat("r\(request)")
            for attempt in 0..<4 {
                core.upstream { $0.fail(.connect) }
                let delay: Int = try #require(try tab.read().of("retry").first?["after_ms"])
                longest[attempt] = max(longest[attempt], delay)
                core.advance(by: UInt64(delay))
            }
            core.upstream { $0.fail(.connect) }
            try tab.read()
        }
        for (longest, bound) in zip(longest, [1_000, 2_000, 3_000, 3_000]) {
            #expect(longest <= bound && longest > bound / 2, "of 60 waits one is in the upper half")
        }
    }

    @Test("never earlier than the upstream wishes")
    func retryAfter() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head(429, [("retry-after", "3")])
            $0.end()
        }
        let delay: Int = try #require(try tab.read().of("retry").first?["after_ms"])
        #expect((3_000...3_100).contains(delay))
        core.advance(by: UInt64(delay) - 1)
        #expect(core.upstream.transfers.count == 1)
        core.advance(by: 1)
        #expect(core.upstream.transfers.count == 2)
    }

    @Test("an upstream that wishes for a longer wait than the policy's is not asked again, and the tab is told")
    func tooLate() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head(429, [("retry-after", "6")])
            $0.end()
        }
        let error = try #require(try tab.read().first)
        #expect(error.type == "error" && error["retry_after_ms"] == 6_000)
    }

    @Test("no attempt begins after the policy's time, nor after the request's")
    func elapsed() throws {
        for (maxElapsed, total) in [(UInt64(1_000), UInt64(1_800_000)), (60_000, 1_050)] {
            var limits = Limits()
            limits.totalTimeout = total
            let core = core(
                .init(maxAttempts: 10, baseDelay: 400, maxDelay: 400, maxElapsed: maxElapsed), limits: limits)
            let tab = try core.tab()
            try tab.chat("r")
            var transfers = 0
            while tab.request("r").terminal == nil, transfers < 20 {
                if core.upstream.transfers.count > transfers {
                    transfers = core.upstream.transfers.count
                    #expect(core.timers.now <= 1_000_000 + 1_050)
                    core.advance(by: 200)
                    core.upstream { $0.fail(.connect) }
                }
                core.advance(by: 10)
                try tab.read()
            }
            #expect(["upstream_unreachable", "upstream_timeout"].contains(tab.request("r").errorCode))
            #expect((2..<8).contains(transfers))
        }
    }

    @Test("a silence that has lasted its time-out is not waited for again; a connection that does not come about is")
    func timeouts() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("a")
        core.advance(by: 10_000)
        #expect(try tab.read().types == ["retry"] && core.upstream.transfers[0].isCancelled)
        core.advance(by: 100)
        core.upstream { $0.connect() }
        core.advance(by: 60_000)
        let error = try #require(try tab.read().first)
        #expect(error.code == "upstream_timeout" && error["stage"] == "headers")
    }

    @Test("an abort while it pauses ends it at once, and no attempt follows")
    func abort() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.fail(.connect) }
        #expect(try tab.abort("r").types == ["retry", "ok", "aborted"])
        core.advance(by: 10_000)
        #expect(core.upstream.transfers.count == 1 && core.timers.pendingCount == 0)
    }

    @Test("a server that stops does not wait for another attempt")
    func interrupt() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.fail(.connect) }
        core.node.interruptAll()
        #expect(try tab.read().last?.code == "interrupted")
        core.advance(by: 10_000)
        #expect(core.upstream.transfers.count == 1)
    }

    @Test("what a failed attempt said is forgotten: its model, its times, its usage")
    func forgotten() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.advance(by: 50)
        core.upstream {
            $0.head()
            $0.event(#"{"id":"first","model":"old","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":7}}"#)
            $0.fail(.closed)
        }
        core.advance(by: 100)
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("x")
            $0.finish()
            $0.event(#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#)
            $0.done()
        }
        let frames = try tab.read()
        let start = try #require(frames.of("start").first)
        #expect(start["model"] == "fake-model" && start["upstream_id"] == "cmpl-1" && start["ttfb_ms"] == 150)
        let end = try #require(frames.of("end").first)
        #expect(end.object("usage")["input"] as? Int == 1)
        #expect(end.object("timing")["queued_ms"] as? Int == 0 && end.object("timing")["ttfb_ms"] as? Int == 150)
    }

    @Test("each attempt sends the same body with the same key")
    func same() throws {
        let core = core(key: "sk-1")
        let tab = try core.tab()
        try tab.chat("r", "what?")
        core.upstream { $0.fail(.connect) }
        core.advance(by: 100)
        let bodies = core.upstream.transfers.map(\.body)
        #expect(bodies.count == 2 && bodies[0] == bodies[1] && bodies[0].contains("what?"))
        #expect(core.upstream.transfers.allSatisfy { $0.request.key?.withSecret { $0 } == "sk-1" })
    }

    @Test("a tab that joins while it pauses sees a running request")
    func snapshot() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.fail(.connect) }
        let late = try core.tab()
        core.advance(by: 100)
        core.answer("x")
        try late.read()
        #expect(late.request("r").answer == "x" && late.request("r").terminal == "end")
    }
}
