import BridgeCore
import BridgeTestKit
import Testing

@Suite("Upstreams that refuse")
struct RefusalTests {
    private func refused(
        _ status: Int, _ body: String, key: String? = "sk-server-key", headers: [(String, String)] = []
    )
        throws -> Frame
    {
        try terminal(key: key) { core, transfer in
            transfer.connect()
            transfer.head(status, headers.map { (name: $0.0, value: $0.1) })
            transfer.bytes(body)
            transfer.end()
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let status: Int
        let body: String
        let code: String
        let retryable: Bool
        var testDescription: String { "\(status) → \(code)" }
    }

    @Test(
        "a status other than 2xx has its code",
        arguments: [
            Refusal(status: 401, body: #"{"error":{"message":"no"}}"#, code: "invalid_key", retryable: false),
            Refusal(status: 403, body: "", code: "invalid_key", retryable: false),
            Refusal(status: 404, body: #"{"error":{"message":"no model"}}"#, code: "model_not_found", retryable: false),
            Refusal(
                status: 404, body: "<html><title>Not here</title></html>", code: "upstream_error", retryable: false),
            Refusal(
                status: 400, body: #"{"error":{"message":"x","code":"context_length_exceeded"}}"#,
                code: "context_length", retryable: false),
            Refusal(status: 400, body: #"{"error":{"message":"x"}}"#, code: "upstream_error", retryable: false),
            Refusal(status: 429, body: "{}", code: "upstream_rate_limited", retryable: true),
            Refusal(status: 500, body: "", code: "upstream_error", retryable: true),
            Refusal(status: 503, body: "<html>busy</html>", code: "upstream_error", retryable: true),
            Refusal(status: 302, body: "", code: "upstream_error", retryable: false),
        ])
    func refusal(_ refusal: Refusal) throws {
        let error = try refused(refusal.status, refusal.body)
        #expect(error.type == "error" && error.code == refusal.code && error["stage"] == "headers")
        #expect(error["retryable"] == refusal.retryable && error["status"] == refusal.status)
        #expect(error.object("timing")["total_ms"] is Int)
        #expect(error.object("upstream")["body"] is String)
    }

    @Test(
        "what is said of a key where none was sent is missing_key",
        arguments: [
            (401, ""), (403, ""),
            (403, #"{"error":{"code":403,"message":"Method doesn't allow unregistered callers."}}"#),
            (400, #"{"code":"invalid-argument","error":"Incorrect API key provided."}"#),
        ])
    func missingKey(_ status: Int, _ body: String) throws {
        let error = try refused(status, body, key: nil)
        #expect(error.code == "missing_key" && error["retryable"] == false)
        #expect(try refused(status, body).code == "invalid_key")
    }

    @Test("when to come back is told in milliseconds")
    func retryAfter() throws {
        let error = try refused(429, "{}", headers: [("retry-after", "2")])
        #expect(error["retry_after_ms"] == 2000)
    }

    @Test("what the provider said is told, in its own words")
    func ownWords() throws {
        let error = try refused(400, #"{"error":{"message":"bad temperature","type":"t","code":"c"}}"#)
        let upstream = error.object("upstream")
        #expect(upstream["message"] as? String == "bad temperature" && upstream["type"] as? String == "t")
        #expect(upstream["code"] as? String == "c")
        let message: String? = error["message"]
        #expect(message?.contains("bad temperature") == true)
    }

    @Test("a key that the upstream echoes is nowhere in the frame, nor in a snapshot")
    func redaction() throws {
        let key = "sk-very-secret-0123456789"
        for body in [
            #"{"error":{"message":"Incorrect API key provided: \#(key).","type":"\#(key)","code":"\#(key)"}}"#,
            "<html>\(key)</html>", key, "\(key)\u{301}",
            String(repeating: "x", count: 2048 - 12) + key,
        ] {
            let core = CoreFixture(key: key)
            let tab = try core.tab()
            try tab.chat("r")
            core.upstream {
                $0.connect()
                $0.head(401)
                $0.bytes(body)
                $0.end()
            }
            try tab.read()
            let late = try core.tab()
            for frame in tab.frames + late.frames {
                #expect(!frame.description.contains("sk-very-sec"), "\(frame)")
            }
            #expect(tab.request("r").terminal == "error")
        }
    }

    @Test("a key echoed in mid-stream is redacted as well")
    func redactionInStream() throws {
        let error = try terminal(key: "sk-very-secret") { _, transfer in
            transfer.connect()
            transfer.head()
            transfer.event(#"{"error":{"message":"sk-very-secret is used up","code":429}}"#)
        }
        #expect(error.code == "upstream_rate_limited" && !error.description.contains("very-secret"))
    }

    @Test("a refusal's body that is endless, broken or never ends is a refusal all the same")
    func refusalBody() throws {
        let endless = try terminal { _, transfer in
            transfer.head(500)
            for _ in 0..<100 { transfer.bytes(String(repeating: "x", count: 1000)) }
            #expect(transfer.isCancelled)
        }
        #expect(endless["status"] == 500)
        let broken = try terminal { _, transfer in
            transfer.head(429)
            transfer.bytes("{")
            transfer.fail(.closed)
        }
        #expect(broken.code == "upstream_rate_limited")
        let stalled = try terminal(key: "k") { core, transfer in
            transfer.head(401)
            transfer.bytes("{")
            core.advance(by: 61_000)
            #expect(transfer.isCancelled)
        }
        #expect(stalled.code == "invalid_key")
    }
}
