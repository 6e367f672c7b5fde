internal import ChatProtocol

/// What a WebSocket beyond `maxConnections` is told: the handshake completes, so that a page can learn the reason.
enum TooManyConnections {
    static let code = CloseCode.tooManyConnections
    static let frame = Array(
        """
        {"type":"error","code":"\(ErrorCode.tooManyRequests.rawValue)",\
        "message":"The server has as many connections as it may. Try again in a while.","retryable":true}
        """.utf8)
}
