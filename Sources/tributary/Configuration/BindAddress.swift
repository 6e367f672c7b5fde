import Glibc

/// The address to listen on.
enum BindAddress {
    /// An IP address without brackets, or `localhost`, which stands for both loopback addresses.
    static func parse(_ given: GivenSetting) throws(SettingError) -> String {
        var text = given.text
        if text == "localhost" { return text }
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        guard v4(text) != nil || v6(text) != nil else {
            throw given.error(expected: "an IP address to listen on, such as 127.0.0.1, ::1 or 0.0.0.0, or localhost")
        }
        return text
    }

    /// 127.0.0.0/8 (RFC 1122 section 3.2.1.3) and ::1 (RFC 4291 section 2.5.3), also as an IPv4-mapped address; and
    /// `localhost`.
    static func isLoopback(_ address: String) -> Bool {
        if address == "localhost" { return true }
        if let bytes = v4(address) { return bytes[0] == 127 }
        guard let bytes = v6(address) else { return false }
        let head = bytes.prefix(10).allSatisfy { $0 == 0 }
        if head, bytes[10] == 0xFF, bytes[11] == 0xFF { return bytes[12] == 127 }
        return head && bytes[10..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    private static func v4(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4)
        return inet_pton(AF_INET, text, &bytes) == 1 ? bytes : nil
    }

    private static func v6(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}
