/// The opening handshake (RFC 6455 section 4), with the key of the RFC's example.
enum Handshake {
    enum Answer: Equatable {
        case incomplete
        /// 101; the head has so many bytes.
        case accepted(headBytes: Int)
        case refused(status: Int)
        case violation(String)
    }

    private static let maxHeadBytes = 16_384

    static func request(port: UInt16, path: String) -> [UInt8] {
        let lines = [
            "GET \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: tributary.v1", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    static func answer(_ bytes: [UInt8]) -> Answer {
        guard let end = bytes.endOfHead else {
            return bytes.count > maxHeadBytes ? .violation("a head without an end") : .incomplete
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            return .violation("no HTTP answer to the handshake")
        }
        guard status == 101 else { return .refused(status: status) }
        // The RFC's answer to its key.
        let isAccepted = lines.dropFirst().contains { line in
            let field = line.split(separator: ":", maxSplits: 1)
            return field.count == 2 && field[0].lowercased() == "sec-websocket-accept"
                && field[1].drop { $0 == " " } == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        }
        return isAccepted ? .accepted(headBytes: end) : .violation("a wrong Sec-WebSocket-Accept")
    }
}

extension [UInt8] {
    /// The offset behind the empty line that ends an HTTP head; nil where it has not come.
    var endOfHead: Int? {
        guard count >= 4 else { return nil }
        for index in 3..<count where self[index] == 0x0A {
            if self[index - 1] == 0x0D, self[index - 2] == 0x0A, self[index - 3] == 0x0D { return index + 1 }
        }
        return nil
    }
}
