internal import BridgeCore
internal import CLibwebsockets

/// The line and headers of one HTTP request, copied out of libwebsockets' header table while it is there.
///
/// libwebsockets has percent-decoded the target already and taken `//`, `/./` and `/../` out of its path.
struct RequestHead {
    enum Method {
        case get, head, other
    }

    var method: Method
    var path: String
    var sessions: [String]
    var isHTTP11: Bool
    /// Header values; those of repeated headers are joined by commas. Nil where absent.
    var host: String?
    var origin: String?
    var connection: String?
    var upgrade: String?
    var version: String?
    var key: String?
    var subprotocols: String?
    var ifNoneMatch: String?

    /// Nil where libwebsockets has no headers for `wsi` (any more).
    init?(_ wsi: OpaquePointer) {
        var target: UnsafeMutablePointer<CChar>?
        var count: Int32 = 0
        // The index into libwebsockets' list of methods.
        switch lws_http_get_uri_and_method(wsi, &target, &count) {
        case ..<0: return nil
        case 0: method = .get
        case 7: method = .head
        default: method = .other
        }
        path = Self.text(target, count: Int(count))
        sessions = Self.queryValues(of: "session", wsi)
        isHTTP11 = Self.header(WSI_TOKEN_HTTP, wsi) == "HTTP/1.1"
        host = Self.header(WSI_TOKEN_HOST, wsi)
        origin = Self.header(WSI_TOKEN_ORIGIN, wsi)
        connection = Self.header(WSI_TOKEN_CONNECTION, wsi)
        upgrade = Self.header(WSI_TOKEN_UPGRADE, wsi)
        version = Self.header(WSI_TOKEN_VERSION, wsi)
        key = Self.header(WSI_TOKEN_KEY, wsi)
        subprotocols = Self.header(WSI_TOKEN_PROTOCOL, wsi)
        ifNoneMatch = Self.header(WSI_TOKEN_HTTP_IF_NONE_MATCH, wsi)
    }

    func handshake(isUpgrade: Bool) -> Handshake {
        Handshake(
            path: path, sessions: sessions, host: host, origin: origin, subprotocols: HeaderList.tokens(subprotocols),
            isUpgrade: isUpgrade)
    }

    /// Whether the client will send another request on this connection.
    var keepsAlive: Bool {
        isHTTP11 && !HeaderList.contains("close", in: connection)
    }

    private static func header(_ token: lws_token_indexes, _ wsi: OpaquePointer) -> String? {
        let count = Int(lws_hdr_total_length(wsi, token))
        guard count > 0 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { buffer in
            let copied = lws_hdr_copy(wsi, buffer.baseAddress, Int32(buffer.count), token)
            return copied < 0 ? nil : text(buffer.baseAddress, count: Int(copied))
        }
    }

    /// libwebsockets keeps a query as one decoded `name=value` a fragment.
    private static func queryValues(of name: String, _ wsi: OpaquePointer) -> [String] {
        var values: [String] = []
        var index: Int32 = 0
        while true {
            let count = Int(lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, index))
            let fragment: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { buffer in
                let copied = lws_hdr_copy_fragment(
                    wsi, buffer.baseAddress, Int32(buffer.count), WSI_TOKEN_HTTP_URI_ARGS, index)
                return copied < 0 ? nil : text(buffer.baseAddress, count: Int(copied))
            }
            guard let fragment else { return values }
            if fragment.hasPrefix(name + "=") { values.append(String(fragment.dropFirst(name.count + 1))) }
            index += 1
        }
    }

    private static func text(_ characters: UnsafeMutablePointer<CChar>?, count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: characters, count: characters == nil ? 0 : count), as: UTF8.self)
    }
}
