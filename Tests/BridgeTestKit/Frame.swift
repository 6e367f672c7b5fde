import Foundation

/// One JSON object from a server, as tests look at it.
package struct Frame: CustomStringConvertible {
    package let object: [String: Any]
    package let description: String

    package init?(_ line: some StringProtocol) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
            return nil
        }
        self.object = object
        description = String(line)
    }

    package var type: String { self["type"] ?? "" }
    package var session: String? { self["session"] }
    package var request: String? { self["request"] }
    package var seq: Int? { self["seq"] }
    package var n: Int? { self["n"] }
    package var text: String? { self["text"] }
    package var code: String? { self["code"] }
    /// A log frame has a place in a session's log; `joined` only names one.
    package var isLogFrame: Bool { object["seq"] != nil && object["n"] != nil }

    package subscript<Value>(_ name: String) -> Value? { object[name] as? Value }

    /// A nested object.
    package func object(_ name: String) -> [String: Any] { object[name] as? [String: Any] ?? [:] }
    /// A nested array of objects.
    package func objects(_ name: String) -> [[String: Any]] { object[name] as? [[String: Any]] ?? [] }

    /// The frames of one message.
    package static func frames(of message: String) throws -> [Frame] {
        try message.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard let frame = Frame(line) else { throw ViolationError("not a JSON object: \(line)") }
            return frame
        }
    }
}

/// A rule of the protocol was broken.
package struct ViolationError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
