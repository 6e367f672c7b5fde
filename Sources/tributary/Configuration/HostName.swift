/// The name under which clients reach us, as in a Host header without its port.
enum HostName {
    static func parse(_ given: GivenSetting) throws(SettingError) -> String {
        let text = given.text.lowercased()
        let isName = text.utf8.allSatisfy {
            ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")) || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
        }
        guard isName || (text.hasPrefix("[") && text.hasSuffix("]")) else {
            throw given.error(expected: "a host name such as chat.example.com (no scheme, no port)")
        }
        return text
    }
}
