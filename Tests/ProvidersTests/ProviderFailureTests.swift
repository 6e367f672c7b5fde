import Providers
import Testing

@Suite("Provider errors")
struct ProviderErrorTests {
    private func error(_ body: String) -> ProviderError { ProviderError(body: Array(body.utf8).span) }

    @Test("type, code and message are found in every known shape")
    func shapes() {
        let openAI = error(#"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#)
        #expect(openAI.message == "m" && openAI.type == "t" && openAI.code == "c" && openAI.isJSON)
        let llama = error(#"{"error":{"code":400,"message":"m","type":"t","n_ctx":1}}"#)
        #expect(llama.code == "400" && llama.status == 400)
        let anthropic = error(#"{"type":"error","error":{"type":"overloaded_error","message":"m"},"request_id":"r"}"#)
        #expect(anthropic.type == "overloaded_error" && anthropic.message == "m")
        let xAI = error(#"{"code":"invalid-argument","error":"m"}"#)
        #expect(xAI.code == "invalid-argument" && xAI.message == "m")
        let cohere = error(#"{"error_type":"TOO_MANY_TOKENS","id":"i","message":"m"}"#)
        #expect(cohere.type == "TOO_MANY_TOKENS" && cohere.message == "m")
        let google = error(
            #"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"2.5s"}]}}]"#)
        #expect(google.type == "RESOURCE_EXHAUSTED" && google.status == 429 && google.retryAfterMilliseconds == 2500)
        let mistral = error(
            #"{"object":"error","message":{"detail":[{"loc":["body"],"msg":"m"}]},"type":"t","code":null}"#)
        #expect(mistral.message == "m" && mistral.type == "t" && mistral.code == nil)
        let word = error(#"{"error":"Bad Request","message":"m","statusCode":400}"#)
        #expect(word.message == "m", "a sentence says more than a word")
        #expect(error(#"{"detail":"m"}"#).message == "m")
    }

    @Test("other bodies give what they have: a page its heading, a short text itself, nothing nothing")
    func texts() {
        #expect(error("<html>\r\n<head><TITLE>502 Bad Gateway</Title></head>").message == "502 Bad Gateway")
        #expect(error("<html><body><h1>503 Busy</h1>\nTry later.").message == "503 Busy")
        #expect(error("<html>").message == nil)
        #expect(error(" stream timeout\n").message == "stream timeout")
        #expect(error(String(repeating: "x", count: 600)).message == nil)
        #expect(error("") == ProviderError())
        #expect(!error("<html>").isJSON)
        #expect(
            error(#"{"error":{"message":"cut"#).message == #"{"error":{"message":"cut"#, "JSON that is cut is a text")
    }

    @Test("of the body, at most 2 KiB of valid UTF-8 are kept, and no character is cut in two")
    func bounds() {
        #expect(error(String(repeating: "é", count: 2000)).body == String(repeating: "é", count: 1024))
        #expect(error("x" + String(repeating: "é", count: 2000)).body.utf8.count == 2047)
        #expect(error("xy" + String(repeating: "😀", count: 2000)).body == "xy" + String(repeating: "😀", count: 511))
        let broken = ProviderError(body: [UInt8](repeating: 0xFF, count: 5000).span)
        #expect(broken.body.utf8.count <= 2048 && broken.body.allSatisfy { $0 == "\u{FFFD}" })
    }

    @Test("of a message at most 4 KiB are kept, of a type or code 512 bytes, and what is cut is said to be")
    func lengths() {
        func named(_ type: String, _ code: String, _ message: String) -> ProviderError {
            error(#"{"error":{"type":"\#(type)","code":"\#(code)","message":"\#(message)"}}"#)
        }
        let name = String(repeating: "é", count: 256)
        let sentence = String(repeating: "é", count: 2048)
        let whole = named(name, name, sentence)
        #expect(whole.type == name && whole.code == name && whole.message == sentence)
        #expect(!whole.isMessageCut && !whole.isNameCut)
        let long = named("t", "t", "x" + sentence)
        #expect(long.message == "x" + sentence.dropLast() && long.isMessageCut && !long.isNameCut)
        #expect(named("x" + name, "c", "m").type == "x" + name.dropLast())
        #expect(named("x" + name, "c", "m").isNameCut)
        let code = named("t", name + "x", "m")
        #expect(code.code == name && code.isNameCut && !code.isMessageCut)
    }
}

@Suite("Provider failures")
struct ProviderFailureTests {
    /// 2027-12-31 23:58:59.5 UTC.
    private static let now: Int64 = 1_830_297_539_500

    private func failure(_ status: Int, _ body: String = "", headers: [String: String] = [:]) -> ProviderFailure {
        classify(
            status: status, header: { headers[$0] }, body: Array(body.utf8).span, unixMilliseconds: Self.now)
    }

    private func json(_ message: String, type: String = "invalid_request_error", code: String = "null") -> String {
        #"{"error":{"message":"\#(message)","type":"\#(type)","code":\#(code)}}"#
    }

    @Test(
        "the status decides, where it is clear",
        arguments: [
            (401, .invalidKey, false), (403, .invalidKey, false), (408, .timeout, true), (429, .rateLimited, true),
            (400, .badRequest, false), (422, .badRequest, false), (413, .badRequest, false), (402, .other, false),
            (405, .other, false), (409, .other, true), (500, .other, true), (502, .other, true), (503, .other, true),
            (529, .other, true), (301, .other, false), (404, .other, false),
        ] as [(Int, ProviderFailure.Class, Bool)])
    func statuses(status: Int, kind: ProviderFailure.Class, retryable: Bool) {
        for body in ["", "<html><title>Oops</title></html>", "oops"] {
            let failure = failure(status, body)
            #expect(failure.class == kind)
            #expect(failure.retryable == retryable)
            #expect(failure.error.status == status)
        }
    }

    @Test("a 404 is a missing model only when a JSON error says it")
    func notFound() {
        #expect(failure(404, json("The model `x` does not exist", code: "\"model_not_found\"")).class == .modelNotFound)
        #expect(failure(404, #"{"detail":"Not Found"}"#).class == .modelNotFound)
        #expect(failure(404, "<html>404</html>").class == .other)
        #expect(failure(404).class == .other)
    }

    @Test(
        "a prompt that is too long is recognised by its words, and only with statuses that can mean it",
        arguments: [
            "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
            "prompt is too long: 210000 tokens > 200000 maximum",
            "Your input exceeds the context window of this model.",
            "request (6031 tokens) exceeds the available context size (2048 tokens), try increasing it",
            "The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).",
            "too many tokens: size limit exceeded by 5 tokens.", "The total length of all messages is too long.",
        ])
    func contextLength(message: String) {
        for status in [400, 413, 422, 500] {
            #expect(failure(status, json(message)).class == .contextLength)
            #expect(!failure(status, json(message)).retryable)
        }
        #expect(failure(429, json(message)).class == .rateLimited)
        #expect(failure(503, json(message)).class == .other)
        #expect(failure(400, message).class == .contextLength, "also as plain text")
    }

    @Test("a wrong key is recognised where the status hides it")
    func hiddenKeyErrors() {
        #expect(
            failure(400, #"{"code":"invalid-argument","error":"Incorrect API key provided."}"#).class == .invalidKey)
        #expect(failure(400, json("API key not valid. Please pass a valid API key.")).class == .invalidKey)
        #expect(failure(400, json("max_tokens is too large")).class == .badRequest)
    }

    @Test(
        "how long to wait is the longest that the headers say, in milliseconds",
        arguments: [
            ("60", nil, 60_000), ("1.5", nil, 1500), (nil, "250", 250), ("1", "0", 1000), ("1", "2500", 2500),
            ("0", nil, 0), (" 7 ", nil, 7000), ("-1", nil, nil), ("", "", nil), ("1e9", nil, nil),
            ("999999999999", nil, nil), ("nan", nil, nil), ("Fri, 31 Dec 2027 23:59:59 GMT", nil, 59_500),
            (" Fri, 31 Dec 2027 23:59:59 GMT ", "60000", 60_000), ("Fri, 31 Dec 2027 23:58:59 GMT", nil, 0),
            ("Sat, 01 Jan 2028 23:59:00 GMT", nil, nil), ("Fri, 31 Foo 2027 23:59:59 GMT", nil, nil),
            ("Fri, 31 Dec 2027 23:59:59 CET", nil, nil), ("Friday, 31-Dec-27 23:59:59 GMT", nil, nil),
        ] as [(String?, String?, Int?)])
    func retryAfter(seconds: String?, milliseconds: String?, expected: Int?) {
        var headers: [String: String] = [:]
        headers["retry-after"] = seconds
        headers["retry-after-ms"] = milliseconds
        #expect(failure(429, headers: headers).retryAfterMilliseconds == expected)
        #expect(failure(503, headers: headers).retryAfterMilliseconds == expected)
    }

    @Test("a header is believed before the body, and the body before what is said of limits")
    func headerFirst() {
        let body = #"{"error":{"code":429,"message":"m","details":[{"retryDelay":"48s"}]}}"#
        let limits = ["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "9s"]
        #expect(failure(429, body, headers: limits).retryAfterMilliseconds == 48_000)
        #expect(failure(429, headers: limits).retryAfterMilliseconds == 9000)
        #expect(
            failure(429, body, headers: limits.merging(["retry-after": "5"]) { $1 }).retryAfterMilliseconds == 5000)
        #expect(failure(503, headers: limits).retryAfterMilliseconds == nil, "only who was limited waits for limits")
    }

    @Test(
        "the reset of a limit that is used up is waited for, in whichever way it is written",
        arguments: [
            (["x-ratelimit-reset-requests": "1s"], 1000), (["x-ratelimit-reset-tokens": "6m0s"], 360_000),
            (["x-ratelimit-reset-tokens": "20ms"], 20), (["x-ratelimit-reset-tokens": "1h2m3.5s"], 3_723_500),
            (["x-ratelimit-reset-requests": "12"], 12_000), (["x-ratelimit-reset-requests": "7.66s"], 7660),
            (["x-ratelimit-reset-requests": "1s", "x-ratelimit-remaining-requests": "3"], nil),
            (["x-ratelimit-reset-requests": "1s", "x-ratelimit-remaining-requests": "0"], 1000),
            (
                [
                    "x-ratelimit-reset-requests": "9s", "x-ratelimit-remaining-requests": "1",
                    "x-ratelimit-reset-tokens": "2s", "x-ratelimit-remaining-tokens": "0",
                ], 2000
            ),
            (["x-ratelimit-reset": "1830297599500"], 60_000), (["x-ratelimit-reset": "1830297549"], 9500),
            (
                [
                    "anthropic-ratelimit-requests-remaining": "0",
                    "anthropic-ratelimit-requests-reset": "2027-12-31T23:59:09Z",
                    "anthropic-ratelimit-input-tokens-remaining": "0",
                    "anthropic-ratelimit-input-tokens-reset": "2028-01-01T00:00:29+00:01",
                    "anthropic-ratelimit-output-tokens-remaining": "80",
                    "anthropic-ratelimit-output-tokens-reset": "2028-01-01T01:00:00Z",
                ], 29_500
            ), (["anthropic-ratelimit-tokens-reset": "2020-01-01T00:00:00Z"], 0),
            (["x-ratelimit-reset-requests": "soon"], nil), (["x-ratelimit-reset-requests": "1x"], nil),
            (["x-ratelimit-reset-requests": "48h"], nil), (["x-ratelimit-reset-requests": ""], nil),
        ] as [([String: String], Int?)])
    func limits(headers: [String: String], expected: Int?) {
        #expect(failure(429, headers: headers).retryAfterMilliseconds == expected)
    }

    @Test(
        "every dialect's errors are understood",
        arguments: [
            (529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, .other, true),
            (
                413,
                #"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
                .badRequest, false
            ),
            (
                404, #"{"type":"error","error":{"type":"not_found_error","message":"model: claude-9"}}"#,
                .modelNotFound,
                false
            ),
            (
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#,
                .badRequest, false
            ),
            (422, #"{"detail":[{"loc":["body","messages"],"msg":"field required"}]}"#, .badRequest, false),
            (404, #"{"error":"model \"x\" not found, try pulling it first"}"#, .modelNotFound, false),
            (400, #"{"error":"\"x\" does not support tools"}"#, .badRequest, false),
            (
                400,
                #"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]"#,
                .invalidKey, false
            ),
            (
                429,
                #"{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"30s"}]}}"#,
                .rateLimited, true
            ),
            (503, #"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#, .other, true),
            (
                404, #"{"error":{"code":"DeploymentNotFound","message":"The API deployment does not exist."}}"#,
                .modelNotFound, false
            ),
            (
                429,
                #"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
                .rateLimited, false
            ),
            (402, #"{"error":{"message":"Insufficient Balance","code":"invalid_request_error"}}"#, .other, false),
            (498, #"{"error":{"message":"Flex tier is full"}}"#, .other, true),
        ] as [(Int, String, ProviderFailure.Class, Bool)])
    func dialects(status: Int, body: String, kind: ProviderFailure.Class, retryable: Bool) {
        let failure = failure(status, body)
        #expect(failure.class == kind && failure.retryable == retryable)
        #expect(failure.error.message?.isEmpty == false)
    }

    @Test(
        "an error in mid-stream is understood by the status or the names in it",
        arguments: [
            (#"{"error":{"code":429,"message":"slow down"}}"#, .rateLimited, true),
            (#"{"error":{"type":"rate_limit_error","message":"slow down"}}"#, .rateLimited, true),
            (#"{"error":{"type":"overloaded_error","message":"busy"}}"#, .other, true),
            (#"{"error":{"type":"invalid_request_error","code":"tool_use_failed","message":"m"}}"#, .badRequest, false),
            (
                #"{"error":{"type":"invalid_request_error","message":"maximum context length is 5"}}"#, .contextLength,
                false
            ),
            (#"{"type":"error","error":{"type":"api_error","message":"m"}}"#, .other, true),
            (#"{"type":"error","error":{"type":"request_too_large","message":"m"}}"#, .badRequest, false),
            (#"{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}"#, .other, true),
            (#"{"type":"error","code":"rate_limit_exceeded","message":"m","param":null}"#, .rateLimited, true),
            (#"{"code":"insufficient_quota","message":"m"}"#, .rateLimited, false),
            (#"{"error":"model \"x\" not found, try pulling it first"}"#, .modelNotFound, false),
            (#"{"error":{"code":401,"message":"who?"}}"#, .invalidKey, false), (#"{"error":"boom"}"#, .other, false),
        ] as [(String, ProviderFailure.Class, Bool)])
    func midStream(data: String, kind: ProviderFailure.Class, retryable: Bool) {
        let failure = classify(ProviderError(body: Array(data.utf8).span))
        #expect(failure.class == kind)
        #expect(failure.retryable == retryable)
    }
}
