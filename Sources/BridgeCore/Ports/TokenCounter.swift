package import Tokenizer

/// Counts tokens of texts. Implemented by `TokenCounting`; called on the loop thread.
package protocol TokenCounter: AnyObject {
    /// Counts what a source has, in the order of `TextSource.Found.counts`.
    ///
    /// `done` is called exactly once and on the loop thread: within this call where all of it is short, in a later turn
    /// otherwise. A long body is not read on the loop thread. `isExact` is
    /// false where the unit is a factor, or its vocabulary is not there and a factor had to serve.
    func count(
        _ source: TextSource, in unit: TokenUnit, _ done: @escaping (_ counts: [Int], _ isExact: Bool) -> Void)
}

extension TokenCounter {
    /// The same of texts that have been found already.
    package func count(
        _ texts: [[UInt8]], in unit: TokenUnit, _ done: @escaping (_ counts: [Int], _ isExact: Bool) -> Void
    ) {
        count(TextSource(texts: texts), in: unit, done)
    }
}
