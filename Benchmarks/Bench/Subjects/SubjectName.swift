/// The servers that are measured, in the order of the tables.
enum SubjectName: String, CaseIterable {
    case tributary
    /// A bridge written for Node with the `ws` package: what most teams would write.
    case node = "node ws"
    /// nginx that passes the stream through unread, to a plain HTTP client: the least that a proxy can do.
    case nginx

    /// What is missing on this machine to run it; nil where nothing is.
    func missing(peers: String) -> String? {
        switch self {
        case .tributary: nil
        case .node:
            Files.isExecutable("/usr/bin/node") && Files.exists("/usr/share/nodejs/ws")
                ? nil : "nodejs and node-ws are not installed"
        case .nginx: Files.isExecutable("/usr/sbin/nginx") ? nil : "nginx is not installed"
        }
    }
}
