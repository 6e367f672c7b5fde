/// What a browser may do with a file that we send, beyond the rules it has of itself: the header lines that mean something for
/// what the file may become, and no others. A page loads a hundred files.
struct BrowserRules {
    /// Header lines, each with its end.
    let lines: String
    /// Changes with the lines, and stands in a file's tag: a browser that asks whether its copy is still good keeps the rules
    /// that the copy came with.
    let version: String

    /// - Parameter destination: what the browser wants it for, where it says so (`Sec-Fetch-Dest`).
    static func of(contentType: String, destination: String?) -> BrowserRules {
        switch contentType.prefix(while: { $0 != ";" }) {
        // A page's own scripts obey the page's policy; others may run alone.
        case scriptType: destination == "script" ? inert : worker
        case "text/css", "application/json", "application/wasm", "font/woff2", "image/png", "image/x-icon": inert
        default: document
        }
    }

    /// Whether another destination may get other rules.
    static func vary(contentType: String) -> Bool { contentType.hasPrefix(scriptType) }

    private static let scriptType = "text/javascript"

    /// Nothing is guessed to be what it does not say it is.
    private static let inert = BrowserRules(sniffing)

    /// What a script may load and reach that runs in a worker.
    private static let worker = BrowserRules(sniffing, ("Content-Security-Policy", connections))

    /// What stands in a window: in no other site's frame, out of reach of windows that it opens or was opened by, with no
    /// word to others of where it was or where its links lead, and without the devices that a chat has no use for. Pictures in
    /// chats are data or blobs.
    static let document = BrowserRules(
        sniffing,
        (
            "Content-Security-Policy",
            connections + "; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
                + "frame-ancestors 'none'"
        ),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("X-DNS-Prefetch-Control", "off"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"))

    private static let sniffing = ("X-Content-Type-Options", "nosniff")

    /// `'self'` covers WebSockets of the same origin only in newer browsers.
    private static let connections = "default-src 'self'; connect-src 'self' ws: wss:"

    private init(_ headers: (name: String, value: String)...) {
        lines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        // FNV-1a.
        let fingerprint = lines.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        version = String(fingerprint % 46_656, radix: 36)
    }
}
