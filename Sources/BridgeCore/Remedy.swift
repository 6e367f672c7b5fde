package import ChatProtocol

/// What may help a request that has failed before its first delta ("Retries and fallback" in docs/protocol.md).
package enum Remedy: Equatable {
    /// The same again, a little later; or else another upstream.
    case again
    /// Another upstream at once: this one would say the same again.
    case elsewhere
    /// Nothing: the request itself is to blame, or nobody is.
    case none
}

extension RequestFailure {
    /// An upstream that cannot be reached, has too much to do or breaks off may be better a moment later. One that does not
    /// know the model, has no quota left or takes too long will be the same. What is wrong with the request, or its key, is
    /// wrong everywhere: sent on, it would cost more and hide the mistake.
    package var remedy: Remedy {
        switch code {
        case .upstreamUnreachable, .upstreamClosed: .again
        case .upstreamRateLimited: retryable ? .again : .elsewhere
        case .upstreamError: retryable ? .again : .none
        case .upstreamTimeout: stage == .connect ? .again : .elsewhere
        case .modelNotFound, .upstreamProtocol: .elsewhere
        default: .none
        }
    }

    /// What it says of the upstream's health, for its circuit breaker.
    var verdict: CircuitBreaker.Verdict {
        switch code {
        case .upstreamUnreachable, .upstreamTimeout: .failed
        case .upstreamClosed: stage == .connect || stage == .headers ? .failed : .unknown
        // In a stream the status is what an event says of one answer; the response's own was 200.
        case .upstreamError: stage == .stream ? .unknown : status.map(Self.verdict(of:)) ?? .unknown
        case .upstreamRateLimited, .invalidKey, .missingKey, .modelNotFound, .contextLength, .upstreamProtocol:
            .answered
        default: .unknown
        }
    }

    /// 500 may be the fault of one request, on which a model crashes: it must not shut out all the others. Nor does it say that
    /// all is well. Overloaded, or a proxy that does not reach what is behind it (52x: Cloudflare's), means everybody.
    private static func verdict(of status: Int) -> CircuitBreaker.Verdict {
        switch status {
        case 502, 503, 504, 521...526, 529, 530: .failed
        case 500...: .unknown
        default: .answered
        }
    }
}
