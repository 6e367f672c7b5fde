internal import BridgeCore
internal import CLibcurl
internal import ChatProtocol
internal import Glibc
internal import Providers

/// A request in the memory that curl reads it from: the header list (with the key) and the body. Owned by its transfer;
/// freed when that ends, the headers overwritten before, the body unless somebody else holds it.
final class PreparedRequest {
    let method: TransferRequest.Method
    let url: String
    let target: RequestTarget
    let route: TransferRoute
    let body: RequestMemory
    private(set) var headers: UnsafeMutablePointer<curl_slist>?

    /// Fails where the URL or a header cannot be sent as it is; a value with a line break would smuggle
    /// in a header of its own (RFC 9110 section 5.5).
    init(_ request: TransferRequest) throws(RequestRefusal) {
        guard let target = RequestTarget(url: request.url) else {
            throw RequestRefusal("The upstream's URL is not an http or https URL.")
        }
        for header in request.headers where !Self.isValid(header) {
            throw RequestRefusal("A request header has a character that HTTP does not allow in it.")
        }
        if case .header(let name) = request.keyPlacement, !Self.isValid((name: name, value: "")) {
            throw RequestRefusal("The key's header has a name that HTTP does not allow.")
        }
        method = request.method
        url = request.url
        self.target = target
        route = request.route
        body = RequestMemory(request.body)

        for (name, value) in request.headers {
            // curl sends a header without a value only where a semicolon stands for the colon.
            append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        if let key = request.key {
            switch request.keyPlacement {
            case .bearer: append(key, after: "Authorization: Bearer ")
            case .header(let name): append(key, after: "\(name): ")
            }
        }
        // Without this, curl asks for "100 Continue" before a large body, and waits a second where nobody answers that.
        append("Expect:")
    }

    deinit {
        eraseHeaders()
        curl_slist_free_all(headers)
    }

    /// Overwrites the header lines: a key is among them.
    func eraseHeaders() {
        var next = headers
        while let line = next {
            explicit_bzero(line.pointee.data, strlen(line.pointee.data))
            next = line.pointee.next
        }
    }

    /// Requests of this kind share a connection, each as a stream of it, where the server can do that.
    var canShareConnection: Bool { target.isTLS && route.httpVersion != .http1 }

    /// HTTP/2 without TLS: a second stream of such a connection breaks it, and libcurl 7.88 with it (docs/decisions/0004).
    var needsOwnConnection: Bool { !target.isTLS && route.httpVersion == .http2 }

    private func append(_ line: UnsafePointer<CChar>) {
        guard let list = curl_slist_append(headers, line) else { preconditionFailure("out of memory") }
        headers = list
    }

    /// The line is put together in memory of our own, which is overwritten; a string's would be freed as it is.
    private func append(_ key: APIKey, after lead: String) {
        key.withSecret { secret in
            let count = lead.utf8.count + secret.utf8.count
            let line = UnsafeMutableBufferPointer<CChar>.allocate(capacity: count + 1)
            defer { line.deallocate() }
            for (index, byte) in zip(line.indices, [lead.utf8, secret.utf8].joined()) {
                line[index] = CChar(bitPattern: byte)
            }
            line[count] = 0
            if let start = line.baseAddress {
                append(start)
                explicit_bzero(start, count)
            }
        }
    }

    private static func isValid(_ header: (name: String, value: String)) -> Bool {
        !header.name.isEmpty
            && header.name.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ";")
            }
            && header.value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == UInt8(ascii: "\t") }
    }
}

/// A request that cannot be sent as it is, for a mistake of ours or of the configuration's.
struct RequestRefusal: Error {
    let failure: TransferFailure

    init(_ message: String) {
        failure = TransferFailure(.internal, message)
    }
}
