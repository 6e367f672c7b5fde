/// What a browser may do with what we send, beyond the rules it has of itself. Each reply has the lines that mean something
/// for its kind, and no others: a page loads dozens of files.
enum BrowserRules {
    /// Changes with the rules, and stands in every file's tag: a browser that asks whether its copy is still good keeps the
    /// rules that the copy came with.
    static let version = String(fingerprint(of: everything + script + document) % 46_656, radix: 36)

    /// Header lines, each with its end.
    static func lines(for contentType: String) -> String {
        switch contentType.prefix(while: { $0 != ";" }) {
        case "text/javascript": everything + script
        case "text/css", "application/json", "application/wasm", "font/woff2", "image/png", "image/x-icon": everything
        default: everything + document
        }
    }

    /// Nothing is guessed to be what it does not say it is, and no other site has it loaded.
    private static let everything = lines([
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ])

    /// What a script may reach that runs alone, as a worker: a page's own scripts obey the page's policy.
    private static let script = lines([("Content-Security-Policy", connections)])

    /// What stands in a window: in no other site's frame, out of reach of windows that it opens or was opened by, with no
    /// word to others of where it was, and without the devices that a chat has no use for. Pictures in chats are data or
    /// blobs.
    private static let document = lines([
        (
            "Content-Security-Policy",
            connections + "; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
                + "frame-ancestors 'none'"
        ),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ])

    /// `'self'` covers WebSockets of the same origin only in newer browsers.
    private static let connections = "default-src 'self'; connect-src 'self' ws: wss:"

    private static func lines(_ headers: [(name: String, value: String)]) -> String {
        headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    }

    /// FNV-1a.
    private static func fingerprint(of text: String) -> UInt32 {
        text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
