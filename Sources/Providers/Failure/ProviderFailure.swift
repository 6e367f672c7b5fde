/// A provider's refusal, understood: what kind it is, and whether the same request may succeed later.
package struct ProviderFailure: Equatable, Sendable {
    package enum Class: Equatable, Sendable {
        /// The key is missing, wrong, or may not do this.
        case invalidKey
        case modelNotFound
        /// The prompt is longer than the model takes.
        case contextLength
        /// Too much in too short a time; or, then not retryable, more than is paid for.
        case rateLimited
        /// The provider waited too long for us or for itself (408).
        case timeout
        /// The request is wrong in another way.
        case badRequest
        case other
    }

    package var `class`: Class
    package var retryable: Bool
    package var retryAfterMilliseconds: Int?
    package var error: ProviderError

    package init(_ class: Class, retryable: Bool, retryAfterMilliseconds: Int? = nil, error: ProviderError) {
        self.class = `class`
        self.retryable = retryable
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.error = error
    }
}

/// Understands an answer whose status is not 200, from its status, its headers (`header` gives the first value of one, by its
/// lower-case name) and its body: JSON of any dialect's shape, a page of a proxy, nothing. The content type is not trusted:
/// DeepSeek sends JSON as `application/octet-stream`. `unixMilliseconds` is now: some headers name a point of time.
///
/// How long to wait is what `Retry-After` says, else the error itself, else when the limits are reset that are used up.
package func classify(
    status: Int, header: (String) -> String?, body: Span<UInt8>, unixMilliseconds: Int64
) -> ProviderFailure {
    var error = ProviderError(body: body)
    error.status = status
    let now = Int(clamping: unixMilliseconds)
    let asked = RetryDelay.milliseconds(retryAfter: header, now: now) ?? error.retryAfterMilliseconds
    let wait = asked ?? (status == 429 ? RateLimitHeaders(header, now: now).waitMilliseconds : nil)
    return failure(error, status: status, wait: wait)
}

/// Understands an error that came inside an answer with status 200.
package func classify(_ error: ProviderError) -> ProviderFailure {
    failure(error, status: error.status ?? ErrorWords(error).status, wait: error.retryAfterMilliseconds)
}

private func failure(_ error: ProviderError, status: Int?, wait: Int?) -> ProviderFailure {
    let words = ErrorWords(error)
    func failure(_ class: ProviderFailure.Class, retryable: Bool) -> ProviderFailure {
        ProviderFailure(`class`, retryable: retryable, retryAfterMilliseconds: wait, error: error)
    }
    switch status {
    case 401, 403: return failure(.invalidKey, retryable: false)
    case 404: return failure(error.isJSON ? .modelNotFound : .other, retryable: false)
    case 408: return failure(.timeout, retryable: true)
    // Who has no money left has none in a minute either.
    case 429: return failure(.rateLimited, retryable: !words.sayUnpaid)
    case 400, 413, 422, 500, nil:
        if words.sayContextLength { return failure(.contextLength, retryable: false) }
        if words.sayInvalidKey { return failure(.invalidKey, retryable: false) }
        if words.sayModelNotFound { return failure(.modelNotFound, retryable: false) }
    default: break
    }
    guard let status else { return failure(.other, retryable: false) }
    switch status {
    case 400, 413, 422: return failure(.badRequest, retryable: false)
    // 498: Groq is full. 529: Anthropic is.
    case 409, 425, 498, 500...: return failure(.other, retryable: true)
    default: return failure(.other, retryable: false)
    }
}
