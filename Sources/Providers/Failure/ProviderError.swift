import ByteCoding

/// What a provider says went wrong, in whichever of the many shapes it says so. Nothing in it is ours, so nothing in it
/// is to be trusted: a provider may echo what it was sent.
package struct ProviderError: Error, Equatable, Sendable {
    /// The most bytes of the body that are kept.
    package static let maxBodyBytes = 2048
    /// The most bytes of the message that are kept.
    package static let maxMessageBytes = 4096
    /// The most bytes of the type, and of the code, that are kept.
    package static let maxNameBytes = 512

    package var type: String?
    package var code: String?
    package var message: String?
    /// The message goes on in what was not kept, and so may what it ends with: the beginning of a key.
    package var isMessageCut = false
    /// The same of the type or the code.
    package var isNameCut = false
    /// The body's beginning, at most `maxBodyBytes` of UTF-8.
    package var body: String
    /// An HTTP status that the text itself names (in mid-stream there is no other).
    package var status: Int?
    /// How long to wait, where the text itself says so (Google's `RetryInfo`).
    package var retryAfterMilliseconds: Int?
    /// The body is JSON.
    package var isJSON = false

    package init(
        type: String? = nil, code: String? = nil, message: String? = nil, body: String = "", status: Int? = nil
    ) {
        self.type = type
        self.code = code
        self.message = message
        self.body = body
        self.status = status
    }

    /// Reads an error's text: JSON, plain text, an HTML page, or nothing.
    package init(body: Span<UInt8>) {
        self.init(body: String(beginningOf: body, maxBytes: Self.maxBodyBytes))
        do throws(JSONError) {
            var shape = ErrorShape()
            var reader = JSONReader(body)
            try shape.read(&reader)
            try reader.finish()
            isJSON = true
            type = Self.beginning(of: shape.type, maxBytes: Self.maxNameBytes, &isNameCut)
            code = Self.beginning(of: shape.code, maxBytes: Self.maxNameBytes, &isNameCut)
            message = Self.beginning(of: shape.message, maxBytes: Self.maxMessageBytes, &isMessageCut)
            status = shape.status ?? shape.code.flatMap { Int($0) }.flatMap { (400...599).contains($0) ? $0 : nil }
            retryAfterMilliseconds = shape.retryDelay.flatMap { RetryDelay.milliseconds(seconds: $0) }
        } catch {
            message = Self.sentence(fromText: self.body)
        }
    }

    private static func beginning(of text: String?, maxBytes: Int, _ isCut: inout Bool) -> String? {
        guard let text, text.utf8.count > maxBytes else { return text }
        isCut = true
        return String(beginningOf: text.utf8Span.span, maxBytes: maxBytes)
    }

    /// A page's title or heading, or a short plain text itself.
    private static func sentence(fromText text: String) -> String? {
        let trimmed = text.trimmed
        if trimmed.hasPrefix("<") { return heading(ofPage: trimmed) }
        return trimmed.isEmpty || trimmed.utf8.count > 500 ? nil : trimmed
    }

    private static func heading(ofPage page: String) -> String? {
        let bytes = Array(page.utf8)
        // Tag names are ASCII and come in any case; lengths stay.
        let lowered = bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        for tag in ["title", "h1"] {
            guard let open = lowered.firstRange(of: Array("<\(tag)>".utf8)),
                let close = lowered[open.upperBound...].firstRange(of: Array("</\(tag)>".utf8))
            else { continue }
            let text = String(decoding: bytes[open.upperBound..<close.lowerBound], as: UTF8.self).trimmed
            if !text.isEmpty { return text }
        }
        return nil
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// The first bytes as text, ill-formed UTF-8 repaired, never longer than `maxBytes`, no character cut in two.
    init(beginningOf bytes: Span<UInt8>, maxBytes: Int) {
        var end = Swift.min(bytes.count, maxBytes)
        // A sequence that the cut would tear begins at most three bytes before it.
        if end < bytes.count {
            while end > 0, end > maxBytes - 4, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        }
        var copy: [UInt8] = []
        copy.append(span: bytes, in: 0..<end)
        var text = String(decoding: copy, as: UTF8.self)
        // Each ill-formed byte became three.
        while text.utf8.count > maxBytes { text.unicodeScalars.removeLast() }
        self = text
    }
}
