/// A request as the scripted upstream received it.
package struct ScriptedRequest: Sendable {
    /// Which connection brought it, counted from 0 in the order of arrival.
    package var connection: Int
    package var method: String
    /// The request target: a path, or (through a proxy) a whole URL.
    package var target: String
    /// Names in lower case, in order.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    /// The first value of a header, by its lower-case name.
    package subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// True where the JSON body asks for this model; good for bodies that tests write.
    package func asks(forModel model: String) -> Bool {
        let compact = text.filter { !$0.isWhitespace }
        return compact.contains("\"model\":\"\(model)\"")
    }
}

/// Takes requests out of a connection's bytes (RFC 9112): a head, and a body with a length or in chunks.
struct RequestReader {
    private var buffer: [UInt8] = []

    mutating func feed(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

    /// The next whole request, or nil while bytes are missing.
    mutating func next(connection: Int) -> ScriptedRequest? {
        guard let headEnd = buffer.firstRange(of: Self.blankLine) else { return nil }
        let lines = String(decoding: buffer[..<headEnd.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        var request = ScriptedRequest(
            connection: connection, method: words.first.map(String.init) ?? "",
            target: words.dropFirst().first.map(String.init) ?? "", headers: lines.dropFirst().map(Self.field), body: []
        )

        let rest = buffer[headEnd.upperBound...]
        let length = request["content-length"].flatMap(Int.init) ?? 0
        guard rest.count >= length else { return nil }
        request.body = Array(rest.prefix(length))
        buffer = Array(rest.dropFirst(length))
        return request
    }

    private static let blankLine = Array("\r\n\r\n".utf8)

    private static func field(_ line: Substring) -> (name: String, value: String) {
        let parts = line.split(separator: ":", maxSplits: 1)
        let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
        return (name: parts.first?.lowercased() ?? "", value: String(value))
    }
}
