import BridgeCore
package import Tokenizer

/// Counts a token for so many bytes of escaped text, rounded up: at once, or when the test says so.
package final class FakeTokenCounter: TokenCounter {
    /// Whether answers come within the call.
    package var isImmediate: Bool
    package var isExact = true
    /// What was asked for, in order.
    package private(set) var asked: [(texts: [String], unit: TokenUnit)] = []
    private var waiting: [() -> Void] = []

    private let bytesPerToken: Int

    package init(isImmediate: Bool = true, bytesPerToken: Int = 1) {
        self.isImmediate = isImmediate
        self.bytesPerToken = bytesPerToken
    }

    package var waitingCount: Int { waiting.count }

    package func count(
        _ texts: [[UInt8]], in unit: TokenUnit, _ done: @escaping (_ counts: [Int], _ isExact: Bool) -> Void
    ) {
        asked.append((texts.map { String(decoding: $0, as: UTF8.self) }, unit))
        let counts = texts.map { ($0.count + bytesPerToken - 1) / bytesPerToken }
        let isExact = isExact
        guard !isImmediate else { return done(counts, isExact) }
        waiting.append { done(counts, isExact) }
    }

    /// Answers what was asked first and waits.
    package func answer() {
        precondition(!waiting.isEmpty, "nothing is being counted")
        waiting.removeFirst()()
    }
}
