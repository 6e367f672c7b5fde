internal import BridgeCore

/// Puts a response's head together from the lines that curl hands over: the final response's (RFC 9110 section 15.2: any
/// number of 1xx may come before it), without the trailers of a chunked body.
struct ResponseHeadReader {
    /// As many fields as a head may have; real ones have 10 to 40.
    static let maxFields = 256

    enum Outcome {
        /// More lines are to come, or the line did not matter.
        case none
        case head(ResponseHead)
        /// Too many bytes or fields, or not a head at all.
        case refused
    }

    private let maxBytes: Int
    private var bytes = 0
    private var head = ResponseHead(status: 0)
    private(set) var isComplete = false

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    /// Takes one line with its line end.
    mutating func read(_ line: UnsafeBufferPointer<UInt8>) -> Outcome {
        guard !isComplete else { return .none }
        bytes += line.count
        guard bytes <= maxBytes else { return .refused }
        let text = Self.trimmed(line[...])
        if head.status == 0 {
            guard let status = Self.status(text) else { return .refused }
            head.status = status
        } else if text.isEmpty {
            if (100..<200).contains(head.status) {
                head = ResponseHead(status: 0)
                return .none
            }
            isComplete = true
            defer { head.headers = [] }
            return .head(head)
        } else {
            guard head.headers.count < Self.maxFields else { return .refused }
            readField(text, isContinued: Self.isBlank(line[0]))
        }
        return .none
    }

    /// "HTTP/1.1 200 OK", "HTTP/2 200".
    private static func status(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let words = text.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count >= 2, words[0].starts(with: "HTTP/".utf8), words[1].count == 3 else { return nil }
        return Int(String(decoding: words[1], as: UTF8.self))
    }

    /// A field may be folded over several lines, which means one space (RFC 9112 section 5.2).
    private mutating func readField(_ text: Slice<UnsafeBufferPointer<UInt8>>, isContinued: Bool) {
        if isContinued, let last = head.headers.indices.last {
            head.headers[last].value += " " + String(decoding: text, as: UTF8.self)
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: text[..<colon], as: UTF8.self).lowercased()
            let value = String(decoding: Self.trimmed(text[(colon + 1)...]), as: UTF8.self)
            head.headers.append((name: name, value: value))
        }
    }

    private static func trimmed(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        var text = text
        while let first = text.first, isBlank(first) { text = text.dropFirst() }
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\n")
    }
}
