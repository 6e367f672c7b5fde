internal import BridgeCore
internal import CLibcurl
internal import ChatProtocol

/// A request in the memory that curl reads it from: the header list (with the key) and the body. Owned by its transfer;
/// freed when that ends.
final class PreparedRequest {
    let method: TransferRequest.Method
    let url: String
    let target: RequestTarget
    let body: UnsafeMutableBufferPointer<UInt8>
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
        method = request.method
        url = request.url
        self.target = target
        // Never without an address: curl would read an empty body from standard input.
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(request.body.count, 1))
        let end = memory.initialize(fromContentsOf: request.body)
        body = memory.extracting(..<end)

        for (name, value) in request.headers {
            // curl sends a header without a value only where a semicolon stands for the colon.
            append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        request.key?.withSecret { append("Authorization: Bearer \($0)") }
        // Without this, curl asks for "100 Continue" before a large body, and waits a second where nobody answers that.
        append("Expect:")
    }

    deinit {
        curl_slist_free_all(headers)
        body.deallocate()
    }

    private func append(_ line: String) {
        guard let list = curl_slist_append(headers, line) else { preconditionFailure("out of memory") }
        headers = list
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
