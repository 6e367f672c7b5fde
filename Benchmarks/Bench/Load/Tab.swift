/// A reader of answers, whatever protocol its server speaks.
protocol Tab: AnyObject {
    /// An answer of so many deltas will come, asked for by this tab or by another of its session.
    func expect(_ deltas: Int)
    /// Asks for an answer of that model.
    func ask(_ model: String)
}
