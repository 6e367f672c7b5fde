import Foundation

/// What one line of a transcript says.
enum TranscriptStep: Sendable {
    struct Header: Sendable {
        var title: String
        var stage: String
        var settings: [String: String]
        var key: String?
        /// Where there is another upstream than the usual one, or several.
        var upstreams: [TranscriptUpstream] = []
        /// Whether the server counts tokens: one for each four bytes, rounded up.
        var countsTokens = false
    }

    /// How a tab connects; what is nil is left out.
    struct Handshake: Sendable {
        var sessions: [String] = []
        var origin: String?
        var subprotocol: String?
    }

    enum TabStep: Sendable {
        case connect(Handshake)
        /// One text message of these objects, one a line.
        case send(String)
        case sendBinary
        /// Its network fails.
        case cut
        case reads(Bool)
        /// One text message came, of these frames.
        case receive([String])
        case closed(Int)
        /// The handshake was answered with this status.
        case refused(Int)
    }

    enum UpstreamStep: Sendable {
        case connect
        case head(Int, [String: String])
        case bytes(String)
        case end
        case fail(String)
        /// What it was asked, canonical JSON.
        case received(String)
        /// Whether the server has closed the connection to it.
        case cancelled(Bool)
    }

    case comment
    case header(Header)
    case tab(String, TabStep)
    /// By the request that it answers; `models` for a list of models.
    case upstream(String, UpstreamStep)
    /// Milliseconds pass.
    case advance(UInt64)
    case drain

    struct Unknown: Error {}

    init(_ line: String) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
            throw Unknown()
        }
        if object["comment"] is String, object.count == 1 {
            self = .comment
        } else if let title = object["transcript"] as? String {
            self = .header(
                Header(
                    title: title, stage: object["stage"] as? String ?? "core",
                    settings: object["settings"] as? [String: String] ?? [:], key: object["key"] as? String,
                    upstreams: (object["upstreams"] as? [[String: Any]] ?? []).map(TranscriptUpstream.init),
                    countsTokens: object["counts_tokens"] as? Bool ?? false))
        } else if let tab = object["tab"] as? String {
            self = .tab(tab, try Self.tabStep(object, line))
        } else if let request = object["upstream"] as? String {
            self = .upstream(request, try Self.upstreamStep(object))
        } else if let milliseconds = object["advance_ms"] as? Int, object.count == 1 {
            self = .advance(UInt64(milliseconds))
        } else if object["server"] as? String == "drain", object.count == 1 {
            self = .drain
        } else {
            throw Unknown()
        }
    }

    private static func tabStep(_ object: [String: Any], _ line: String) throws -> TabStep {
        guard object.count == 2 else { throw Unknown() }
        if let handshake = object["connect"] as? [String: Any] {
            return .connect(
                Handshake(
                    sessions: handshake["sessions"] as? [String] ?? [], origin: handshake["origin"] as? String,
                    subprotocol: handshake["subprotocol"] as? String))
        }
        if object["send"] is [Any] { return .send(elements(ofArrayIn: line).joined(separator: "\n")) }
        if let text = object["send_text"] as? String { return .send(text) }
        if object["send_binary"] is String { return .sendBinary }
        if object["cut"] as? Bool == true { return .cut }
        if let reads = object["reads"] as? Bool { return .reads(reads) }
        if let frames = object["receive"] as? [Any] { return .receive(try frames.map(json)) }
        if let code = object["closed"] as? Int { return .closed(code) }
        if let status = object["refused"] as? Int { return .refused(status) }
        throw Unknown()
    }

    private static func upstreamStep(_ object: [String: Any]) throws -> UpstreamStep {
        if object["connect"] as? Bool == true { return .connect }
        if let status = object["head"] as? Int {
            return .head(status, object["headers"] as? [String: String] ?? [:])
        }
        if let text = object["event"] as? String { return .bytes("data: \(text)\n\n") }
        if let event = object["event"] { return .bytes("data: \(try json(event))\n\n") }
        if let delta = object["delta"] {
            let choice = object["choice"] as? Int ?? 0
            return .bytes("data: \(try chunk(["index": choice, "delta": delta]))\n\n")
        }
        if let reason = object["finish"] as? String {
            let choice = object["choice"] as? Int ?? 0
            let last: [String: Any] = ["index": choice, "delta": [String: Any](), "finish_reason": reason]
            return .bytes("data: \(try chunk(last))\n\n")
        }
        if let text = object["body"] as? String { return .bytes(text) }
        if object["end"] as? Bool == true { return .end }
        if let kind = object["fail"] as? String { return .fail(kind) }
        if let body = object["received"] { return .received(try json(body)) }
        if let isCancelled = object["cancelled"] as? Bool { return .cancelled(isCancelled) }
        throw Unknown()
    }

    /// A chat-completion chunk of one choice.
    private static func chunk(_ choice: [String: Any]) throws -> String {
        try json(["id": "cmpl-1", "model": "model-1-0425", "choices": [choice]])
    }

    /// The objects of the first array in a line of JSON, as they stand there: what a client sends is not to be reordered.
    private static func elements(ofArrayIn line: String) -> [String] {
        var elements: [String] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        var current = ""
        for character in line.drop(while: { $0 != "[" }).dropFirst() {
            if depth == 0, character == "]" { break }
            if depth > 0 || character == "{" { current.append(character) }
            if isInString {
                if !isEscaped, character == "\"" { isInString = false }
                isEscaped = !isEscaped && character == "\\"
            } else {
                switch character {
                case "\"": isInString = true
                case "{", "[": depth += 1
                case "}", "]": depth -= 1
                default: break
                }
            }
            if depth == 0, character == "}" {
                elements.append(current)
                current = ""
            }
        }
        return elements
    }

    /// JSON in one form, so that equal values are equal text.
    static func json(_ value: Any) throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
        return String(decoding: data, as: UTF8.self)
    }

    /// The same for JSON text.
    static func json(text: String) throws -> String {
        try json(JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
    }
}
