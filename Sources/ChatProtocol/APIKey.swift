/// A provider's API key. It cannot be printed or encoded: every description says only that it is there. A command's is made
/// while it is read, so that no other text of ours holds one.
package struct APIKey: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    /// Longer than any provider's; a header field of more is refused by most servers.
    package static let maxBytes = 8192

    /// Nil for an empty key, for one that is too long, and for one with control characters (which could smuggle headers).
    package init?(_ value: String) {
        guard !value.isEmpty, value.utf8.count <= Self.maxBytes, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.value = value
    }

    /// The one way out, for the header of a request.
    package func withSecret<R>(_ body: (String) -> R) -> R { body(value) }

    package var description: String { "[key]" }
    package var debugDescription: String { "[key]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
