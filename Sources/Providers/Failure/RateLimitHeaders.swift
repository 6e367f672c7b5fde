/// What an answer's headers say of the limits that a request was measured by. There is no standard: OpenAI and those after it
/// say how long until a limit is whole again, Anthropic and OpenRouter at which time.
struct RateLimitHeaders {
    /// Until all limits that are used up are reset, in milliseconds; nil where no limit is known to be used up.
    let waitMilliseconds: Int?

    /// `now` is in Unix milliseconds.
    init(_ header: (String) -> String?, now: Int) {
        var longest: Int?
        for limit in Self.limits {
            // The time of a limit that is not used up is about something else.
            let remaining = header(limit.remaining).flatMap { RetryDelay.decimal($0) }
            guard remaining == 0 || remaining == nil, let text = header(limit.reset),
                let wait = Self.wait(text, now: now)
            else { continue }
            longest = max(longest ?? 0, wait)
        }
        waitMilliseconds = longest
    }

    private static let limits: [(remaining: String, reset: String)] =
        ["-requests", "-tokens", ""].map { ("x-ratelimit-remaining\($0)", "x-ratelimit-reset\($0)") }
        + ["requests", "tokens", "input-tokens", "output-tokens"].map {
            ("anthropic-ratelimit-\($0)-remaining", "anthropic-ratelimit-\($0)-reset")
        }

    /// A duration, a time by RFC 3339, or a Unix time in seconds or milliseconds, which no duration is as long as.
    private static func wait(_ text: String, now: Int) -> Int? {
        if let number = RetryDelay.decimal(text), number >= 1e9, number < 1e15 {
            return RetryDelay.until(Int(number < 1e12 ? number * 1000 : number), now: now)
        }
        return RetryDelay.milliseconds(duration: text)
            ?? Timestamp.milliseconds(rfc3339: text.trimmed).flatMap { RetryDelay.until($0, now: now) }
    }
}
