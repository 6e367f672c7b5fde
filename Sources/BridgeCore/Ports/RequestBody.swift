/// The body of a request that has been sent. It does not change, so any thread may read it, and whoever holds it needs no copy.
package protocol RequestBody: AnyObject, Sendable {
    /// Bytes.
    var count: Int { get }
    /// Once, within the call.
    func read(_ body: (Span<UInt8>) -> Void)
}
