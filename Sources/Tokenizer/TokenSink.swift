/// What becomes of the tokens that a text is found to have.
protocol TokenSink {
    /// A token by its rank.
    mutating func add(_ rank: UInt32)
    /// A token by where its bytes stand.
    mutating func add(_ range: Range<Int>, in text: Span<UInt8>, _ table: RankTable)
}

/// How many there are: their ranks are not looked up.
struct TokenTally: TokenSink {
    private(set) var count = 0

    mutating func add(_ rank: UInt32) { count += 1 }
    mutating func add(_ range: Range<Int>, in text: Span<UInt8>, _ table: RankTable) { count += 1 }
}

/// All of them.
struct TokenList: TokenSink {
    private(set) var tokens: [UInt32] = []

    mutating func add(_ rank: UInt32) { tokens.append(rank) }
    mutating func add(_ range: Range<Int>, in text: Span<UInt8>, _ table: RankTable) {
        tokens.append(table.rank(of: range, in: text))
    }
}
