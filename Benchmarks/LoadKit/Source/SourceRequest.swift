/// An HTTP/1.1 request, as much of it as the source needs.
struct SourceRequest: Equatable {
    var method: String
    var path: String
    /// Of the body: `model`, and the content of the last message where it is a string.
    var model = ""
    var key = ""

    /// A longer request is refused: the server's own limit for a body is 16 MiB.
    static let maxBytes = 32 << 20

    enum Parsed: Equatable {
        case incomplete
        /// It took so many bytes.
        case whole(SourceRequest, count: Int)
        case broken
    }

    static func parse(_ bytes: [UInt8]) -> Parsed {
        guard let end = bytes.endOfHead else { return bytes.count > 65_536 ? .broken : .incomplete }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return .broken }
        var length = 0
        for line in lines.dropFirst() {
            let field = line.split(separator: ":", maxSplits: 1)
            guard field.count == 2, field[0].lowercased() == "content-length" else { continue }
            guard let number = Int(field[1].drop { $0 == " " }), number >= 0, number <= maxBytes else { return .broken }
            length = number
        }
        guard bytes.count - end >= length else { return .incomplete }
        var request = SourceRequest(method: String(words[0]), path: String(words[1]))
        if length > 0 {
            do throws(Violation) {
                try request.readBody(bytes.span, end..<(end + length))
            } catch {
                return .broken
            }
        }
        return .whole(request, count: end + length)
    }

    private mutating func readBody(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Violation) {
        try JSONScan.members(bytes, of: range) { name, value throws(Violation) in
            if JSONScan.isEqual(bytes, name, "model") { model = bytes.text(value.range) }
            guard JSONScan.isEqual(bytes, name, "messages") else { return }
            var last: Range<Int>?
            try JSONScan.elements(bytes, of: value.range) { last = $0.range }
            guard let last else { return }
            try JSONScan.members(bytes, of: last) { name, value throws(Violation) in
                if JSONScan.isEqual(bytes, name, "content"), value.kind == .string { key = bytes.text(value.range) }
            }
        }
    }
}
