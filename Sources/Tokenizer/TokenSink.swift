/// What becomes of the tokens that a text is found to have.
protocol TokenSink {
    var count: Int { get }
    /// A token by its rank.
    mutating func add(_ rank: UInt32)
    /// A token by where its bytes stand.
    mutating func add(_ range: Range<Int>, in text: Span<UInt8>, _ table: RankTable)
    /// Forgets all but the first ones.
    mutating func truncate(to count: Int)
}

/// How many there are: their ranks are not looked up.
struct TokenTally: TokenSink {
    private(set) var count = 0

    mutating func add(_ rank: UInt32) { count += 1 }
    mutating func add(_ range: Range<Int>, in text: Span<UInt8>, _ table: RankTable) { count += 1 }
    mutating func truncate(to count: Int) { self.count = count }
}

/// All of them.
struct TokenList: TokenSink {
    private(set) var tokens: [UInt32] = []

    var count: Int { tokens.count }
    mutating func add(_ rank: UInt32) { tokens.append(rank) }
    mutating func add(_ range: Range<Int>, in text: Span<UInt8>, _ table: RankTable) {
        tokens.append(table.rank(of: range, in: text))
    }
    mutating func truncate(to count: Int) { tokens.removeLast(tokens.count - count) }
}
