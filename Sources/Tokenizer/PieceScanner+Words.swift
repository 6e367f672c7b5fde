/// The alternatives that differ: words.
extension PieceScanner {
    /// The end of the piece that begins at `start`, which is within the text, in o200k.
    func o200kEnd(from start: Int) -> Int {
        let (kind, end) = character(at: start)
        if let word = capitalisedWordEnd(from: start, kind, end) { return contractionEnd(at: word) ?? word }
        if kind == .number { return numberEnd(after: end) }
        return symbolsEnd(from: start, slashes: true) ?? whiteSpaceEnd(from: start, endTakesAll: false)
    }

    /// The first two alternatives of o200k, without the contraction at their end; `kind` and `end` are the first
    /// character's.
    ///
    /// `P?C*S+` and `P?C+S*`, where P is anything but a newline, letter or number (a mark too), C the capitals and S
    /// the small ones; letters without case and marks are both. The engine takes all capitals first. Where a lower-case
    /// letter follows, S takes on from there. Where none does, it gives back capitals until one of them is an S: the
    /// match ends after the last one that is both. Where none is, the second alternative takes what are capitals only.
    private func capitalisedWordEnd(from start: Int, _ kind: CharacterClass, _ end: Int) -> Int? {
        guard kind.isDisjoint(with: [.newline, .number]) else { return nil }
        let first = kind.isDisjoint(with: .letter) ? end : start
        var index = first
        var lastOfBoth: Int?
        while index < text.count {
            let (kind, end) = character(at: index)
            if kind == .lower { return run(of: .small, from: end) }
            guard !kind.isDisjoint(with: .capital) else { break }
            if !kind.isDisjoint(with: .capitalOrSmall) { lastOfBoth = end }
            index = end
        }
        if let lastOfBoth { return lastOfBoth }
        // The first alternative is tried without its P before the second one is tried at all: a mark is a word of its
        // own.
        if kind == .mark { return end }
        return index > first ? index : nil
    }

    /// The end of the piece that begins at `start`, which is within the text, in cl100k.
    func cl100kEnd(from start: Int) -> Int {
        if let contraction = contractionEnd(at: start) { return contraction }
        let (kind, end) = character(at: start)
        if !kind.isDisjoint(with: .letter) { return run(of: .letter, from: end) }
        if kind == .number { return numberEnd(after: end) }
        if kind != .newline {
            let word = run(of: .letter, from: end)
            if word > end { return word }
        }
        return symbolsEnd(from: start, slashes: false) ?? whiteSpaceEnd(from: start, endTakesAll: true)
    }
}
