import BridgeCore

/// A request's body in an array.
package final class FakeBody: RequestBody {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var count: Int { bytes.count }

    package func read(_ body: (Span<UInt8>) -> Void) {
        let bytes = bytes
        body(bytes.span)
    }
}
