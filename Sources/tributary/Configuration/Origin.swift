import Foundation

/// The origin of a web page (RFC 6454 section 6.2): scheme, host and, where it is not the scheme's own, port.
enum Origin {
    static func parse(_ given: GivenSetting) throws(SettingError) -> String {
        let text = given.text.lowercased()
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty,
            scheme == "http" || scheme == "https", parts.path.isEmpty, parts.query == nil, parts.fragment == nil,
            parts.user == nil, parts.password == nil
        else {
            throw given.error(expected: "an origin such as https://chat.example.com (no path, no star)")
        }
        // Browsers leave the scheme's own port out.
        guard let port = parts.port, port != (scheme == "https" ? 443 : 80) else { return "\(scheme)://\(host)" }
        return "\(scheme)://\(host):\(port)"
    }
}
