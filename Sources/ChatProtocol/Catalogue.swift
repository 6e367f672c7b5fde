/// The error codes of the protocol ("Error codes" in docs/protocol.md). A code's meaning includes whether trying the same
/// again can help.
package enum ErrorCode: String, CaseIterable, Sendable {
    case badRequest = "bad_request"
    case unknownType = "unknown_type"
    case unauthorized
    case forbidden
    case notJoined = "not_joined"
    case unknownRequest = "unknown_request"
    case requestExists = "request_exists"
    case tooManyRequests = "too_many_requests"
    case missingKey = "missing_key"
    case invalidKey = "invalid_key"
    case modelNotFound = "model_not_found"
    case contextLength = "context_length"
    case upstreamRateLimited = "upstream_rate_limited"
    case upstreamError = "upstream_error"
    case upstreamUnreachable = "upstream_unreachable"
    case upstreamTimeout = "upstream_timeout"
    case upstreamClosed = "upstream_closed"
    case upstreamProtocol = "upstream_protocol"
    case interrupted
    case draining
    case `internal`

    /// Whether the same again may succeed. `upstreamError` depends on the status: a failure with one says so itself.
    package var isRetryable: Bool {
        switch self {
        case .badRequest, .unknownType, .unauthorized, .forbidden, .notJoined, .unknownRequest, .requestExists,
            .missingKey, .invalidKey, .modelNotFound, .contextLength, .upstreamProtocol:
            false
        case .tooManyRequests, .upstreamRateLimited, .upstreamError, .upstreamUnreachable, .upstreamTimeout,
            .upstreamClosed, .interrupted, .draining, .internal:
            true
        }
    }
}

/// Where a request was when it failed.
package enum ErrorStage: String, Sendable {
    case command, auth, queue, connect, headers, stream, parse
}

/// The close codes of the protocol ("Close codes" in docs/protocol.md).
package enum CloseCode: UInt16, CaseIterable, Sendable {
    // Do not reconnect.
    case unsupportedData = 1003
    case invalidPayload = 1007
    case policyViolation = 1008
    case messageTooBig = 1009
    case unauthorized = 4401
    case forbidden = 4403
    // Reconnect with jittered backoff.
    case normal = 1000
    case goingAway = 1001
    case internalError = 1011
    case restart = 1012
    case blocked = 4290
    case idle = 4408
    case tooManyConnections = 4429

    /// Whether a client should come back by itself.
    package var mayReconnect: Bool {
        switch self {
        case .unsupportedData, .invalidPayload, .policyViolation, .messageTooBig, .unauthorized, .forbidden: false
        case .normal, .goingAway, .internalError, .restart, .blocked, .idle, .tooManyConnections: true
        }
    }
}
