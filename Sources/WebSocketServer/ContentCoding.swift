/// How a file's bytes are sent (RFC 9110 section 8.4.1).
enum ContentCoding {
    case brotli, gzip
    /// As they are.
    case identity

    /// Those in which a file may lie beside itself; where a client likes both as well, the first makes it shorter.
    static let compressed: [ContentCoding] = [.brotli, .gzip]

    /// What `Content-Encoding` and `Accept-Encoding` call it.
    var name: String {
        switch self {
        case .brotli: "br"
        case .gzip: "gzip"
        case .identity: "identity"
        }
    }

    /// What the compressed sibling of `index.html` has behind that name.
    var ending: String {
        switch self {
        case .brotli: ".br"
        case .gzip: ".gz"
        case .identity: ""
        }
    }
}
