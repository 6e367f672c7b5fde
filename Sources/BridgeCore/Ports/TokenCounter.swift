package import Tokenizer

/// Counts tokens of texts. Implemented by `TokenCounting`; called on the loop thread.
package protocol TokenCounter: AnyObject {
    /// Counts each text, the content of a JSON string that is still escaped.
    ///
    /// `done` is called exactly once and on the loop thread: within this call where all of it is short, in a later turn
    /// otherwise. `isExact` is false where the unit is a factor, or its vocabulary is not there and a factor had to serve.
    func count(_ texts: [[UInt8]], in unit: TokenUnit, _ done: @escaping (_ counts: [Int], _ isExact: Bool) -> Void)
}
