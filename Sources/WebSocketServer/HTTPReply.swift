/// An HTTP/1.1 response, ready to be encoded. Thrown where a request is answered before it is understood.
struct HTTPReply: Error {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    /// A sentence in plain text.
    static func text(_ status: Int, _ sentence: String, headers: [(name: String, value: String)] = []) -> HTTPReply {
        HTTPReply(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")] + headers,
            body: Array((sentence + "\n").utf8))
    }

    /// Too much is kept for others.
    static let busy = text(
        503, "The server has too much to do. Try again in a while.", headers: [("Retry-After", "5")])

    static func badRequest(_ sentence: String) -> HTTPReply { text(400, sentence) }

    /// Sent with every answer: nothing is guessed, framed or cached without asking.
    private static let security: [(name: String, value: String)] = [
        ("Cache-Control", "no-cache"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
        // `'self'` covers WebSockets of the same origin only in newer browsers; pictures in chats are data or blobs.
        (
            "Content-Security-Policy",
            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; object-src 'none'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
    ]

    /// Status line and headers, with the empty line. A 304 has no body, and says no length.
    func head(keepsAlive: Bool) -> [UInt8] {
        var lines = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        for (name, value) in headers + Self.security { lines += "\(name): \(value)\r\n" }
        if status != 304 { lines += "Content-Length: \(body.count)\r\n" }
        lines += keepsAlive ? "\r\n" : "Connection: close\r\n\r\n"
        return Array(lines.utf8)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 421: "Misdirected Request"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
