/// An HTTP/1.1 response, ready to be encoded. Thrown where a request is answered before it is understood.
struct HTTPReply: Error {
    var status: Int
    /// Of the body.
    var contentType: String
    /// What a browser may do with the body.
    var rules = BrowserRules.document
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    /// A sentence in plain text.
    static func text(_ status: Int, _ sentence: String, headers: [(name: String, value: String)] = []) -> HTTPReply {
        HTTPReply(
            status: status, contentType: "text/plain; charset=utf-8", headers: headers,
            body: Array((sentence + "\n").utf8))
    }

    /// Too much is kept for others.
    static let busy = text(
        503, "The server has too much to do. Try again in a while.", headers: [("Retry-After", "5")])

    static func badRequest(_ sentence: String) -> HTTPReply { text(400, sentence) }

    /// Status line and headers, with the empty line. Nothing is used without asking whether it is still so. A 304 has no
    /// body, and says of what the browser has only which it is, and how it is cached (RFC 9110 section 15.4.5).
    /// - Parameter date: now, as `HTTPDate` writes it.
    func head(keepsAlive: Bool, date: String) -> [UInt8] {
        var lines = "HTTP/1.1 \(status) \(Self.reason(status))\r\nDate: \(date)\r\nCache-Control: no-cache\r\n"
        for (name, value) in headers { lines += "\(name): \(value)\r\n" }
        if status != 304 {
            lines += "Content-Type: \(contentType)\r\n"
            lines += rules.lines
            lines += "Content-Length: \(body.count)\r\n"
        }
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
        case 406: "Not Acceptable"
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
