import BridgeTestKit
import Providers

/// Answers with a status that refuses.
extension Fault {
    /// In each dialect, what its providers say.
    static var refusals: [Fault] { Dialect.allCases.flatMap(refusals) }

    private static func refusals(in dialect: Dialect) -> [Fault] {
        // In the order of the words that follow: too long, key, right, model, too late, too large, wrong, too many, broken, busy.
        let types: [String]
        switch dialect {
        case .chatCompletions, .responses:
            types = [
                "invalid_request_error", "authentication_error", "permission_error", "invalid_request_error",
                "timeout_error", "invalid_request_error", "invalid_request_error", "requests", "server_error",
                "server_error",
            ]
        case .anthropic:
            types = [
                "invalid_request_error", "authentication_error", "permission_error", "not_found_error",
                "timeout_error",
                "request_too_large", "invalid_request_error", "rate_limit_error", "api_error", "overloaded_error",
            ]
        case .gemini:
            types = [
                "INVALID_ARGUMENT", "UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND", "DEADLINE_EXCEEDED",
                "INVALID_ARGUMENT", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "INTERNAL", "UNAVAILABLE",
            ]
        case .ollama: types = Array(repeating: "", count: 10)
        }
        func refusal(
            _ name: String, _ status: Int, _ type: Int, _ message: String, _ code: String, _ retryable: Bool,
            headers: [(name: String, value: String)] = [], retryAfter: Int? = nil
        ) -> Fault {
            let error = ScriptedError(status, type: types[type], code: "its_code", message: message)
            return Fault(
                name: "\(status), \(name)", dialect: dialect, script: error.refusal(in: dialect, headers: headers),
                verdict: Verdict(
                    code, "headers", retryable: retryable, status: status, retryAfter: retryAfter,
                    words: words(of: error, in: dialect)), sentence: message)
        }
        let seconds = (name: "Retry-After", value: "3")
        let milliseconds = (name: "retry-after-ms", value: "250")
        return [
            refusal("too long a prompt", 400, 0, tooLong(in: dialect), "context_length", false),
            refusal("a wrong request", 400, 0, "top_k: must be positive", "upstream_error", false),
            refusal("a wrong key", 401, 1, "That key is none of ours.", "invalid_key", false),
            refusal("a key without the right", 403, 2, "Not in your country.", "invalid_key", false),
            refusal("no such model", 404, 3, "There is no model scripted.", "model_not_found", false),
            refusal("too late", 408, 4, "You took too long.", "upstream_error", true),
            refusal("too large", 413, 5, "The picture is too large.", "upstream_error", false),
            refusal("well said and wrong", 422, 6, "messages.0.role: what is that?", "upstream_error", false),
            refusal(
                "too many, and when to come back", 429, 7, "Slow down.", "upstream_rate_limited", true,
                headers: [seconds], retryAfter: 3_000),
            refusal(
                "too many, and when to come back to the millisecond", 429, 7, "Slow down.", "upstream_rate_limited",
                true, headers: [milliseconds], retryAfter: 250),
            refusal("too many", 429, 7, "Slow down.", "upstream_rate_limited", true),
            refusal("broken", 500, 8, "Something broke.", "upstream_error", true),
            refusal(
                "busy, and when to come back", 503, 9, "Come back later.", "upstream_error", true, headers: [seconds],
                retryAfter: 3_000),
            refusal("overloaded", 529, 9, "Overloaded.", "upstream_error", true),
        ]
    }

    static func words(of error: ScriptedError, in dialect: Dialect) -> Verdict.Words {
        switch dialect {
        case .chatCompletions, .responses: .init(type: error.type, code: error.code, message: error.message)
        case .anthropic: .init(type: error.type, message: error.message)
        case .gemini: .init(type: error.type, code: String(error.status), message: error.message)
        case .ollama: .init(message: error.message)
        }
    }

    /// No provider has a status of its own for it, nor all of them a code.
    private static func tooLong(in dialect: Dialect) -> String {
        switch dialect {
        case .chatCompletions: "This model's maximum context length is 8192 tokens."
        case .responses: "Your input exceeds the context window of this model."
        case .anthropic: "prompt is too long: 210000 tokens > 200000 maximum"
        case .gemini: "The input token count (9) exceeds the maximum number of tokens allowed (8)."
        case .ollama: "prompt too long; exceeded max context length by 3 tokens"
        }
    }

    /// What proxies say in a provider's place, or nobody.
    static var pages: [Fault] {
        func page(_ status: Int, _ title: String, _ retryable: Bool, _ dialect: Dialect = .chatCompletions) -> Fault {
            let html = "<html>\r\n<head><title>\(title)</title></head>\r\n<body><h1>\(title)</h1><hr>edge</body></html>"
            return Fault(
                name: "a page with status \(status)", dialect: dialect,
                script: .answer(status: status, type: "text/html", body: html),
                verdict: Verdict(
                    "upstream_error", "headers", retryable: retryable, status: status, words: .init(message: title)),
                sentence: title)
        }
        func empty(_ status: Int, _ code: String, _ retryable: Bool) -> Fault {
            Fault(
                name: "status \(status) and no word", script: .answer(status: status, type: "text/plain", body: ""),
                verdict: Verdict(code, "headers", retryable: retryable, status: status, words: .init()))
        }
        return Dialect.allCases.map { page(502, "502 Bad Gateway", true, $0) } + [
            page(404, "404 Not Found", false), page(413, "413 Request Entity Too Large", false),
            page(503, "503 Service Temporarily Unavailable", true), page(504, "504 Gateway Time-out", true),
            empty(400, "upstream_error", false), empty(401, "invalid_key", false), empty(404, "upstream_error", false),
            empty(429, "upstream_rate_limited", true), empty(500, "upstream_error", true),
            empty(529, "upstream_error", true),
            Fault(
                name: "a word of plain text", script: .answer(status: 503, type: "text/plain", body: "no healthy host"),
                verdict: Verdict(
                    "upstream_error", "headers", retryable: true, status: 503,
                    words: .init(message: "no healthy host"))),
            Fault(
                name: "a redirect", script: .answer(status: 307, headers: [(name: "Location", value: "/v2")], body: ""),
                verdict: Verdict("upstream_error", "headers", retryable: false, status: 307, words: .init())),
            Fault(
                name: "a refusal that does not come to its end",
                script: [.head(status: 500, [(name: "Content-Length", value: "100")]), .stall],
                timeouts: "idle: 300ms",
                verdict: Verdict("upstream_error", "headers", retryable: true, status: 500, words: .init())),
            Fault(
                name: "a refusal that breaks off",
                script: [
                    .head(status: 500, [(name: "Content-Length", value: "100")]), .text("it broke"), .close,
                ],
                verdict: Verdict(
                    "upstream_error", "headers", retryable: true, status: 500, words: .init(message: "it broke"))),
        ]
    }
}
