/// The opening handshake of a WebSocket (RFC 6455 section 4.2.1), judged before libwebsockets sees it: what it does not like
/// it drops without an answer.
enum Upgrade {
    /// Whether the request asks for an upgrade at all. One to something else may be ignored (RFC 9110 section 7.8).
    static func isAsked(by head: RequestHead) -> Bool {
        HeaderList.contains("websocket", in: head["upgrade"])
    }

    /// What is wrong with it, if anything.
    static func refusal(of head: RequestHead, path: String, subprotocol: String) -> HTTPReply? {
        guard head.target.path == path else { return .text(404, "WebSockets are opened at \(path).") }
        guard head.method == .get, head.isHTTP11, !head.hasBody else {
            return .badRequest("A WebSocket is opened with GET and HTTP/1.1.")
        }
        guard HeaderList.contains("upgrade", in: head["connection"]) else {
            return .badRequest("The Connection header must name Upgrade.")
        }
        guard head["sec-websocket-version"] == "13" else {
            return .text(426, "WebSocket version 13 is spoken.", headers: [("Sec-WebSocket-Version", "13")])
        }
        guard let key = head["sec-websocket-key"], isKey(key) else {
            return .badRequest("Sec-WebSocket-Key must be 16 bytes in Base64.")
        }
        let offer = HeaderList.tokens(head["sec-websocket-protocol"])
        guard offer.isEmpty || offer.contains(subprotocol) else {
            return .badRequest("The subprotocol spoken is \(subprotocol).")
        }
        return nil
    }

    /// What libwebsockets is told in place of the request that came: only what it needs, and nothing of the client's but
    /// the key, which is Base64. (It drops lists of subprotocols of 128 bytes and more.)
    static func canonicalRequest(_ head: RequestHead, subprotocol: String) -> [UInt8] {
        let isOffered = !HeaderList.tokens(head["sec-websocket-protocol"]).isEmpty
        return Array(
            """
            GET / HTTP/1.1\r
            Host: localhost\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: \(head["sec-websocket-key"] ?? "")\r
            \(isOffered ? "Sec-WebSocket-Protocol: \(subprotocol)\r\n" : "")\r\n
            """.utf8)
    }

    /// 16 bytes are 22 characters and two signs of padding.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 24 && bytes.suffix(2).allSatisfy { $0 == UInt8(ascii: "=") }
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
