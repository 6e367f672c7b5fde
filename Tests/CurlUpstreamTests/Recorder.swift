import BridgeCore
import Testing

/// A delegate that remembers what it was told, and can act on it.
final class Recorder: TransferDelegate {
    enum Event: Equatable { case connected, head, bytes, ended }

    /// What happened, repeated `bytes` as one.
    private(set) var events: [Event] = []
    private(set) var head: ResponseHead?
    private(set) var body: [UInt8] = []
    private(set) var pieces = 0
    private(set) var failure: TransferFailure?

    var onConnected: () -> Void = {}
    var onHead: () -> Void = {}
    var onBytes: (Int) -> Void = { _ in }
    var onEnd: () -> Void = {}

    var transfer: (any Transfer)?

    var hasEnded: Bool { events.last == .ended }
    var text: String { String(decoding: body, as: UTF8.self) }

    func transferConnected() {
        note(.connected)
        onConnected()
    }

    func transferReceived(_ head: ResponseHead) {
        #expect(self.head == nil)
        self.head = head
        note(.head)
        onHead()
    }

    func transferReceived(_ bytes: Span<UInt8>) {
        #expect(bytes.count > 0)
        bytes.withUnsafeBufferPointer { body.append(contentsOf: $0) }
        pieces += 1
        if events.last != .bytes { note(.bytes) }
        onBytes(bytes.count)
    }

    func transferEnded(_ end: TransferEnd) {
        if case .failed(let failure) = end { self.failure = failure }
        note(.ended)
        onEnd()
    }

    private func note(_ event: Event) {
        #expect(events.last != .ended, "\(event) after the end")
        events.append(event)
    }
}
