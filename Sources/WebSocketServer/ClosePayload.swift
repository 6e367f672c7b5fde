internal import ChatProtocol

/// The payload of a close frame (RFC 6455 section 5.5.1): the code, and a reason in UTF-8 that the frame has room for.
enum ClosePayload {
    /// A control frame carries 125 bytes (section 5.5), two of them the code.
    private static let maxReasonBytes = 123

    static func bytes(_ code: CloseCode, reason: String) -> [UInt8] {
        var bytes = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)]
        for character in reason.unicodeScalars {
            let encoded = UTF8.encode(character)!
            guard bytes.count + encoded.count <= 2 + maxReasonBytes else { break }
            bytes.append(contentsOf: encoded)
        }
        return bytes
    }
}
