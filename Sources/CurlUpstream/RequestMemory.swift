internal import BridgeCore

/// The body of a request in the memory that curl reads it from. It is written once, before anybody else has it; freed with the
/// last who holds it, on whatever thread.
final class RequestMemory: RequestBody {
    /// Never without an address: curl would read an empty body from standard input.
    private nonisolated(unsafe) let memory: UnsafeMutableBufferPointer<UInt8>
    let count: Int

    init(_ body: [UInt8]) {
        memory = .allocate(capacity: max(body.count, 1))
        count = memory.initialize(fromContentsOf: body)
    }

    deinit { memory.deallocate() }

    /// For curl: valid as long as this object is held.
    var address: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(memory.baseAddress) }

    func read(_ body: (Span<UInt8>) -> Void) {
        // The span does not hold this object, whose end would free what it points at.
        withExtendedLifetime(self) { body(UnsafeBufferPointer(memory.extracting(..<count)).span) }
    }
}
