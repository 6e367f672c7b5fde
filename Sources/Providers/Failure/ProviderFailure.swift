/// A provider's refusal, understood: what kind it is, and whether the same request may succeed later.
package struct ProviderFailure: Equatable, Sendable {
    package enum Class: Equatable, Sendable {
        /// The key is missing, wrong, or may not do this.
        case invalidKey
        case modelNotFound
        /// The prompt is longer than the model takes.
        case contextLength
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

/// Understands an answer whose status is not 200, from its status, the values of its `Retry-After` and
/// `Retry-After-Ms` headers, and its body (JSON of any shape, a page of a proxy, nothing). The content type is not
/// trusted: DeepSeek sends JSON as `application/octet-stream`.
package func classify(
    status: Int, retryAfter: String?, retryAfterMilliseconds: String?, contentType: String?, body: Span<UInt8>
) -> ProviderFailure {
    var error = ProviderError(body: body)
    error.status = status
    let wait = RetryDelay.milliseconds(retryAfter: retryAfter, retryAfterMilliseconds: retryAfterMilliseconds)
    return failure(error, status: status, wait: wait ?? error.retryAfterMilliseconds)
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
    case 429: return failure(.rateLimited, retryable: true)
    case 400, 413, 422, 500, nil:
        if words.sayContextLength { return failure(.contextLength, retryable: false) }
        if words.sayInvalidKey { return failure(.invalidKey, retryable: false) }
        if words.sayModelNotFound { return failure(.modelNotFound, retryable: false) }
    default: break
    }
    guard let status else { return failure(.other, retryable: false) }
    switch status {
    case 400, 413, 422: return failure(.badRequest, retryable: false)
    case 409, 425, 500...: return failure(.other, retryable: true)
    default: return failure(.other, retryable: false)
    }
}
