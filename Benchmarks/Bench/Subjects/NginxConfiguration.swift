import Foundation
import LoadKit

/// The template of nginx's configuration, filled in and written to its folder.
struct NginxConfiguration {
    let path: String

    init(template: String, folder: URL, port: UInt16, upstream: String) throws {
        let address = upstream.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        let values = [
            "@FOLDER@": folder.path, "@PORT@": String(port), "@UPSTREAM@": address,
            "@CONNECTIONS@": String(DescriptorLimit.allowed),
        ]
        var text = try String(contentsOfFile: template, encoding: .utf8)
        for (name, value) in values { text = text.replacingOccurrences(of: name, with: value) }
        path = folder.appendingPathComponent("nginx.conf").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
