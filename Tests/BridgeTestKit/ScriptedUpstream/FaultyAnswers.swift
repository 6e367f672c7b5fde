/// Answers that break HTTP, or bend it: what proxies, crashes and attackers make of an upstream.
extension Script {
    /// What it sends, in a row, up to its first step that does something else.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for step in steps {
            guard case .send(let piece) = step else { break }
            bytes += piece
        }
        return bytes
    }

    /// The same bytes, so many at a time, each piece in a segment of its own.
    package func inPieces(of size: Int) -> Script { [.pieces(bytes, size: size)] }

    /// Its first bytes, then an end in order or a reset.
    package func cut(after count: Int, _ end: Step = .close) -> Script { [.send(Array(bytes.prefix(count))), end] }

    /// An answer whose body is not chunked but has a length, right or wrong.
    package static func stream(contentLength: Int, body: String) -> Script {
        let fields = [("Content-Type", "text/event-stream"), ("Content-Length", String(contentLength))]
        return [.head(fields.map { (name: $0.0, value: $0.1) }), .text(body)]
    }
}

extension Script.Step {
    /// An interim response (RFC 9110 section 15.2); the final one follows.
    package static func interim(_ status: Int) -> Script.Step {
        .head(status: status, [(name: "Link", value: "</style.css>; rel=preload")])
    }

    /// A status line, and then header after header.
    package static let endlessHead: [Script.Step] = [
        .text("HTTP/1.1 200 OK\r\n"), .endlessly(Array("X-More: and more\r\n".utf8)),
    ]
}

extension Array where Element == UInt8 {
    /// These bytes as one chunk of a chunked body, for steps that send it more than once.
    package var asChunk: [UInt8] {
        guard case .send(let bytes) = Script.Step.chunk(self) else { return [] }
        return bytes
    }
}
