internal import BridgeCore

/// The line and headers of one HTTP/1.1 request (RFC 9112 sections 3 and 5).
///
/// Parsed here, strictly, and not by libwebsockets: that one decodes `%0a` in a target before it looks for the line's end, so
/// that a page could write headers of its own, Host and Origin too, into a URL.
struct RequestHead {
    enum Method {
        case get, head, other
    }

    private(set) var method: Method
    private(set) var target: RequestTarget
    private(set) var isHTTP11: Bool
    /// Names in lower case; values trimmed, those of repeated headers joined by commas.
    private var headers: [String: String] = [:]

    /// - Parameter bytes: everything up to and with the empty line.
    init(_ bytes: some Collection<UInt8>) throws(HTTPReply) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        guard lines.popLast()?.isEmpty == true else { throw .badRequest("The request's last line is missing.") }
        let words = try Self.text(lines.popFirst()).split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, HeaderList.isToken(words[0]) else {
            throw .badRequest("The request line is malformed.")
        }
        switch words[2] {
        case "HTTP/1.1": isHTTP11 = true
        case "HTTP/1.0": isHTTP11 = false
        default: throw .text(505, "HTTP/1.1 is spoken.")
        }
        switch words[0] {
        case "GET": method = .get
        case "HEAD": method = .head
        default: method = .other
        }
        target = try RequestTarget(words[1])
        guard try Self.text(lines.popLast()).isEmpty else { throw .badRequest("The request's last line is missing.") }
        for line in lines { try add(Self.text(line)) }
        // A request without exactly one Host may have been made to fool someone on the way (section 3.2).
        guard !isHTTP11 || headers["host"] != nil else { throw .badRequest("The Host header is missing.") }
    }

    subscript(_ name: String) -> String? { headers[name] }

    /// The authority of the target, where it has one, takes precedence (section 3.2.2).
    var host: String? { target.authority ?? headers["host"] }

    /// A body is never read, so nothing could be found behind one.
    var hasBody: Bool {
        headers["transfer-encoding"] != nil || (headers["content-length"].map { $0 != "0" } ?? false)
    }

    /// Whether another request may follow on this connection.
    var keepsAlive: Bool {
        isHTTP11 && !hasBody && !HeaderList.contains("close", in: headers["connection"])
    }

    func handshake(isUpgrade: Bool) -> Handshake {
        Handshake(
            path: target.path, sessions: target.values(of: "session"), host: host, origin: headers["origin"],
            subprotocols: HeaderList.tokens(headers["sec-websocket-protocol"]), isUpgrade: isUpgrade)
    }

    private mutating func add(_ line: Substring) throws(HTTPReply) {
        guard let colon = line.firstIndex(of: ":"), HeaderList.isToken(line[..<colon]) else {
            throw .badRequest("A header is malformed.")
        }
        let name = line[..<colon].lowercased()
        let value = HeaderList.trim(line[line.index(after: colon)...])
        if let before = headers[name] {
            guard name != "host" else { throw .badRequest("There is more than one Host header.") }
            headers[name] = before + ", " + value
        } else {
            headers[name] = value
        }
    }

    /// A line without its CR. Control characters and what is not UTF-8 are refused; a folded line has no name, and is too.
    private static func text<Line: Collection<UInt8>>(_ line: Line?) throws(HTTPReply) -> Substring {
        guard let line, line.reversed().first == UInt8(ascii: "\r") else {
            throw .badRequest("A line does not end in CR LF.")
        }
        let content = line.dropLast()
        guard content.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }),
            let text = String(validating: content, as: UTF8.self)
        else {
            throw .badRequest("The request has control characters, or is not UTF-8.")
        }
        return text[...]
    }
}
