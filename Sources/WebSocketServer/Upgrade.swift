/// What is wrong with an opening handshake (RFC 6455 section 4.2.1), if anything. libwebsockets would drop the connection
/// of a bad one without an answer, so it is judged before.
struct Upgrade {
    /// Nil where libwebsockets will accept the handshake.
    static func refusal(of head: RequestHead, path: String, subprotocol: String) -> HTTPReply? {
        guard HeaderList.tokens(head.upgrade).map({ $0.lowercased() }) == ["websocket"] else {
            return .text(400, "Only an upgrade to websocket is understood.")
        }
        guard head.path == path else { return .text(404, "WebSockets are opened at \(path).") }
        guard head.method == .get, head.isHTTP11 else {
            return .text(400, "A WebSocket is opened with GET and HTTP/1.1.")
        }
        guard head.host != nil else { return .text(400, "The Host header is missing.") }
        guard let connection = head.connection, HeaderList.contains("upgrade", in: connection),
            connection.utf8.count < maxListBytes, HeaderList.tokens(connection).allSatisfy(HeaderList.isToken)
        else {
            return .text(400, "The Connection header must name Upgrade.")
        }
        guard head.version == "13" else {
            return .text(426, "WebSocket version 13 is spoken.", headers: [("Sec-WebSocket-Version", "13")])
        }
        guard let key = head.key, isKey(key) else { return .text(400, "Sec-WebSocket-Key must be 16 bytes in Base64.") }
        return refusal(ofOffer: head.subprotocols, subprotocol: subprotocol)
    }

    /// libwebsockets has 128 bytes for a list, and 64 for each name.
    private static let maxListBytes = 128
    private static let maxNameBytes = 64

    private static func refusal(ofOffer offer: String?, subprotocol: String) -> HTTPReply? {
        guard let offer else { return nil }
        let names = HeaderList.tokens(offer)
        guard names.contains(subprotocol) else { return .text(400, "The subprotocol spoken is \(subprotocol).") }
        guard offer.utf8.count < maxListBytes,
            names.allSatisfy({ $0.utf8.count < maxNameBytes && HeaderList.isToken($0) })
        else {
            return .text(400, "The list of subprotocols is malformed or longer than \(maxListBytes - 1) bytes.")
        }
        return nil
    }

    /// 16 bytes are 22 characters and two signs of padding.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 24 && bytes.suffix(2) == [UInt8(ascii: "="), UInt8(ascii: "=")]
            && bytes.prefix(22).allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
