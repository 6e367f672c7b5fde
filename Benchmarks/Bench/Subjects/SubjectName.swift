import Foundation

/// The servers that are measured, in the order of the tables.
enum SubjectName: String, CaseIterable {
    case tributary
    /// A bridge written for Node with the `ws` package: what most teams would write.
    case node = "node ws"
    /// nginx that passes the stream through unread, to a plain HTTP client: the least that a proxy can do.
    case nginx

    /// What is missing on this machine to run it; nil where nothing is.
    var missing: String? {
        let files = FileManager.default
        switch self {
        case .tributary: return nil
        case .node:
            let isThere =
                files.isExecutableFile(atPath: "/usr/bin/node") && files.fileExists(atPath: "/usr/share/nodejs/ws")
            return isThere ? nil : "nodejs and node-ws are not installed"
        case .nginx: return files.isExecutableFile(atPath: "/usr/sbin/nginx") ? nil : "nginx is not installed"
        }
    }
}
