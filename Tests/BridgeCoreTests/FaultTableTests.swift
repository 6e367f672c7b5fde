import BridgeCore
import BridgeTestKit
import ChatProtocol
import Foundation
import Testing

/// Every fault that an upstream can have, and the `error` frame that comes of it, where nothing is tried again.
@Suite("The table of faults")
struct FaultTableTests {
    struct Fault: Sendable, CustomStringConvertible {
        let name: String
        /// What the frame says: code, stage, `retryable`, status, `retry_after_ms`, the provider's own sentence.
        let code: ErrorCode
        let stage: ErrorStage
        let retryable: Bool
        let status: Int?
        let retryAfter: Int?
        let words: String?
        let play: @Sendable (FakeTransfer, CoreFixture) -> Void

        init(
            _ name: String, _ code: ErrorCode, _ stage: ErrorStage, retryable: Bool, status: Int? = nil,
            retryAfter: Int? = nil, words: String? = nil, play: @escaping @Sendable (FakeTransfer, CoreFixture) -> Void
        ) {
            self.name = name
            self.code = code
            self.stage = stage
            self.retryable = retryable
            self.status = status
            self.retryAfter = retryAfter
            self.words = words
            self.play = play
        }

        /// A response with that status and body.
        init(
            _ name: String, _ status: Int, _ body: String, _ code: ErrorCode, retryable: Bool, retryAfter: Int? = nil,
            words: String? = nil, headers: [String: String] = [:]
        ) {
            self.init(
                name, code, .headers, retryable: retryable, status: status, retryAfter: retryAfter, words: words
            ) { transfer, _ in
                transfer.connect()
                transfer.head(status, headers.map { ($0.key, $0.value) })
                transfer.bytes(body)
                transfer.end()
            }
        }

        var description: String { name }
    }

    private static let responses = [
        Fault(
            "400 context length", 400, #"{"error":{"code":"context_length_exceeded","message":"Too long."}}"#,
            .contextLength, retryable: false, words: "Too long."),
        Fault(
            "400", 400, #"{"error":{"message":"`temperature` is odd."}}"#, .upstreamError, retryable: false,
            words: "`temperature` is odd."),
        Fault("401", 401, #"{"error":{"message":"Bad key."}}"#, .invalidKey, retryable: false, words: "Bad key."),
        Fault("403", 403, #"{"error":{"message":"Not you."}}"#, .invalidKey, retryable: false, words: "Not you."),
        Fault(
            "404 model", 404, #"{"error":{"message":"No such model."}}"#, .modelNotFound, retryable: false,
            words: "No such model."),
        Fault("404 page", 404, "<html><title>Not Found</title>", .upstreamError, retryable: false, words: "Not Found"),
        Fault("408", 408, "", .upstreamError, retryable: true),
        Fault("413", 413, #"{"error":{"message":"Large."}}"#, .upstreamError, retryable: false, words: "Large."),
        Fault("422", 422, #"{"detail":"No."}"#, .upstreamError, retryable: false, words: "No."),
        Fault(
            "429", 429, #"{"error":{"message":"Slow down."}}"#, .upstreamRateLimited, retryable: true,
            retryAfter: 2_000, words: "Slow down.", headers: ["retry-after": "2"]),
        Fault("500", 500, #"{"error":{"message":"Oh."}}"#, .upstreamError, retryable: true, words: "Oh."),
        Fault(
            "502, a proxy's page", 502, "<html><head><title>502 Bad Gateway</title></head>", .upstreamError,
            retryable: true, words: "502 Bad Gateway"),
        Fault("503, empty", 503, "", .upstreamError, retryable: true),
        Fault(
            "529", 529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            .upstreamError, retryable: true, words: "Overloaded"),
    ]

    private static let transfers = [
        Fault("DNS", .upstreamUnreachable, .connect, retryable: true) { transfer, _ in transfer.fail(.resolve) },
        Fault("refused", .upstreamUnreachable, .connect, retryable: true) { transfer, _ in transfer.fail(.connect) },
        Fault("TLS", .upstreamUnreachable, .connect, retryable: true) { transfer, _ in transfer.fail(.tls) },
        Fault("reset before the head", .upstreamClosed, .headers, retryable: true) { transfer, _ in
            transfer.connect()
            transfer.fail(.closed)
        },
        Fault("reset in mid-answer", .upstreamClosed, .stream, retryable: true) { transfer, _ in
            transfer.head()
            transfer.text("x")
            transfer.fail(.closed)
        },
        Fault("cut stream", .upstreamClosed, .stream, retryable: true) { transfer, _ in
            transfer.head()
            transfer.text("x")
            transfer.end()
        },
        Fault("not HTTP", .upstreamProtocol, .parse, retryable: false) { transfer, _ in transfer.fail(.malformed) },
        Fault("stall: connect", .upstreamTimeout, .connect, retryable: true) { _, core in core.advance(by: 10_000) },
        Fault("stall: head", .upstreamTimeout, .headers, retryable: true) { transfer, core in
            transfer.connect()
            core.advance(by: 60_000)
        },
        Fault("stall: first byte", .upstreamTimeout, .stream, retryable: true) { transfer, core in
            transfer.head()
            core.advance(by: 60_000)
        },
        Fault("stall: mid-answer", .upstreamTimeout, .stream, retryable: true) { transfer, core in
            transfer.head()
            transfer.text("x")
            core.advance(by: 60_000)
        },
    ]

    private static let bodies = [
        Fault("empty body", .upstreamProtocol, .parse, retryable: false) { transfer, _ in
            transfer.head()
            transfer.end()
        },
        Fault("a page in place of a stream", .upstreamProtocol, .parse, retryable: false) { transfer, _ in
            transfer.head(200, [("content-type", "text/html")])
            transfer.bytes("<html>log in</html>")
            transfer.end()
        },
        Fault("broken JSON", .upstreamProtocol, .parse, retryable: false) { transfer, _ in
            transfer.head()
            transfer.event("{broken")
        },
        Fault("too large an event", .upstreamProtocol, .parse, retryable: false) { transfer, _ in
            transfer.head()
            transfer.bytes("data: " + String(repeating: "x", count: 20_000))
        },
        Fault("too long an answer", .upstreamProtocol, .stream, retryable: false) { transfer, _ in
            transfer.head()
            for _ in 0..<21 { transfer.text(String(repeating: "x", count: 1_000)) }
        },
        Fault("error in mid-answer", .upstreamError, .stream, retryable: true, words: "Overloaded") { transfer, _ in
            transfer.head()
            transfer.text("x")
            transfer.event(#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#)
        },
        Fault("error first", .upstreamRateLimited, .stream, retryable: true, words: "Slow.") { transfer, _ in
            transfer.head()
            transfer.event(#"{"error":{"code":"rate_limit_exceeded","message":"Slow."}}"#)
        },
    ]

    @Test("each fault has its frame, once, and nothing is left of it", arguments: responses + transfers + bodies)
    func row(_ fault: Fault) throws {
        var limits = Limits()
        limits.maxEventBytes = 10_000
        limits.maxAnswerBytes = 20_000
        let core = CoreFixture(limits: limits, key: "sk-1")
        let tab = try core.tab()
        try tab.chat("r")
        fault.play(core.upstream.last, core)
        core.node.flush()
        let error = try #require(try tab.read().last)
        #expect(error.type == "error" && error.code == fault.code.rawValue)
        #expect(error["stage"] == fault.stage.rawValue && error["retryable"] == fault.retryable)
        #expect(error["status"] == fault.status && error["retry_after_ms"] == fault.retryAfter)
        #expect(error.object("upstream")["message"] as? String == fault.words)
        let message: String = try #require(error["message"])
        #expect(message.hasSuffix(fault.words ?? "") && message.contains(" "), "a sentence")
        #expect(!error.description.contains("sk-1"))
        core.advance(by: 10_000)
        #expect(core.upstream.last.hasEnded && core.timers.pendingCount == 0 && core.node.hub.runningRequests == 0)
    }
}
