/// A rule of the protocol (docs/protocol.md) was broken, in a sentence.
package struct Violation: Error, Equatable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
