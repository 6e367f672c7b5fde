/// Reads `headers`: what goes with every request to an upstream.
enum HeaderReader {
    /// Where keys travel.
    private static let secret = [
        "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie",
    ]
    /// What the server or libcurl says.
    private static let own = [
        "content-type", "content-length", "transfer-encoding", "host", "connection", "expect", "accept",
    ]

    /// - Parameter keyHeader: the one that `key_header` names.
    static func read(_ value: FileValue?, keyHeader: String?) -> [(name: String, value: String)] {
        (value?.mapping()?.members ?? []).compactMap { name, value in
            guard isName(name) else {
                value.refuseWhole("is not the name of a header (RFC 9110 section 5.1).")
                return nil
            }
            guard !secret.contains(name.lowercased()) else {
                value.refuseWhole(
                    "keys do not belong into headers; say key: {env: NAME}, and key_header for a header of its own.")
                return nil
            }
            guard name.lowercased() != keyHeader?.lowercased() else {
                value.refuseWhole("is the key_header: the key goes there.")
                return nil
            }
            guard !own.contains(name.lowercased()) else {
                value.refuseWhole("is set by the server.")
                return nil
            }
            guard let text = value.text() else { return nil }
            guard !text.lowercased().hasPrefix("bearer "), !text.lowercased().hasPrefix("basic ") else {
                value.refuse("looks like a key; say key: {env: NAME}, and key_header for a header of its own.")
                return nil
            }
            return (name, text)
        }
    }

    /// A token of RFC 9110 section 5.6.2.
    static func isName(_ text: String) -> Bool { text.wholeMatch(of: /[!#$%&'*+.^_`|~0-9A-Za-z-]+/) != nil }
}
