package import ChatProtocol
package import Providers

/// Where HTTP requests to a provider go. Implemented by `CurlUpstream`; called on the loop thread.
package protocol Upstream: AnyObject {
    /// Starts a transfer. The delegate hears of it later, never from within this call, and is held strongly until
    /// `transferEnded` was called or the transfer was cancelled.
    func start(_ request: TransferRequest, delegate: any TransferDelegate) -> any Transfer
}

/// One HTTP request in flight.
package protocol Transfer: AnyObject {
    /// Ends the transfer now, in whatever state it is (a stalled name lookup too): the socket is closed (HTTP/2: the
    /// stream reset) before the loop turn ends, the delegate hears nothing more. Allowed from within a delegate call and
    /// after the end; the second time does nothing.
    func cancel()
    /// The body that was sent: there as long as the transfer has not ended, and within `transferEnded`. Whoever needs it later
    /// holds it.
    var requestBody: (any RequestBody)? { get }
}

/// What a transfer tells its owner, on the loop thread and in this order: connected, head, bytes …, ended.
package protocol TransferDelegate: AnyObject {
    /// The connection (TCP, TLS) stands, new or reused, and the request is being sent.
    func transferConnected()
    /// The final response's status and headers (1xx are skipped).
    func transferReceived(_ head: ResponseHead)
    /// A piece of the body; the span lives for the call.
    func transferReceived(_ bytes: Span<UInt8>)
    /// Exactly once, and last, unless cancelled.
    func transferEnded(_ end: TransferEnd)
}

package struct TransferRequest {
    package enum Method: String {
        case get = "GET"
        case post = "POST"
    }

    package var method: Method
    package var url: String
    /// Header fields without the secret ones. `Content-Type` included where there is a body.
    package var headers: [(name: String, value: String)]
    /// Sent as `keyPlacement` says, where present.
    package var key: APIKey?
    package var keyPlacement: KeyPlacement
    package var body: [UInt8]
    package var route: TransferRoute

    package init(
        method: Method, url: String, headers: [(name: String, value: String)] = [], key: APIKey? = nil,
        keyPlacement: KeyPlacement = .bearer, body: [UInt8] = [], route: TransferRoute = TransferRoute()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.key = key
        self.keyPlacement = keyPlacement
        self.body = body
        self.route = route
    }
}

/// The way to a server, where it is not the usual one.
package struct TransferRoute: Equatable, Sendable {
    package enum HTTPVersion: String, CaseIterable, Sendable {
        /// HTTP/2 where TLS offers it.
        case automatic = "auto"
        case http1 = "1.1"
        /// HTTP/2, over plain TCP too (RFC 9113 section 3.3).
        case http2 = "2"
    }

    /// The URL of a proxy; nil takes the environment's, an empty one none.
    package var proxy: String?
    /// A file of PEM certificates to trust in place of the system's.
    package var caFile: String?
    package var httpVersion: HTTPVersion

    package init(proxy: String? = nil, caFile: String? = nil, httpVersion: HTTPVersion = .automatic) {
        self.proxy = proxy
        self.caFile = caFile
        self.httpVersion = httpVersion
    }
}

package struct ResponseHead {
    package var status: Int
    /// Names in lower case, values trimmed; in order of arrival, bounded by the adapter.
    package var headers: [(name: String, value: String)]

    package init(status: Int, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = headers
    }

    /// The first value of a header, by its lower-case name.
    package subscript(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

package enum TransferEnd {
    /// The body ended as HTTP says it should.
    case complete
    case failed(TransferFailure)
}

/// Why a transfer broke, in words that hold no key, no URL user part and no content.
package struct TransferFailure: Equatable {
    package enum Kind: Equatable {
        /// The name could not be resolved.
        case resolve
        /// No connection: refused, unreachable, proxy.
        case connect
        /// The TLS handshake or the certificate.
        case tls
        /// The connection broke after it stood (reset, early end of the body, HTTP/2 stream error).
        case closed
        /// What came is not HTTP, or not as announced.
        case malformed
        /// A URL or option that cannot work, out of memory: ours.
        case `internal`
    }

    package var kind: Kind
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
