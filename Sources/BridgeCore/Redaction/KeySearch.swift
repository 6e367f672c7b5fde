/// Looks for one key in a text that is read character by character, as Knuth, Morris and Pratt do: each is compared with the key
/// no more than twice on average, also where a key repeats itself and so does the text.
///
/// The key is read as the text is, so that both mean the same however often the text was quoted: its backslashes are not compared.
struct KeySearch {
    private let key: [UInt16]
    /// For each length of a piece that fits: how long the next shorter one is that would fit there, too.
    private let shorter: [Int]
    /// Where each of the newest characters begins, as many as the key has; in turn.
    private var starts: [Int]
    private var count = 0
    /// So many of the newest characters are the beginning of the key.
    private(set) var matchedCount = 0

    /// nil for a key in which there is nothing to be found.
    init?(_ secret: [UInt8]) {
        var characters = UnescapedCharacters(secret)
        var key: [UInt16] = []
        while let character = characters.next() { key.append(character.unit) }
        guard !key.isEmpty else { return nil }
        var shorter = [0]
        shorter.reserveCapacity(key.count)
        var fitting = 0
        for unit in key.dropFirst() {
            while fitting > 0, key[fitting] != unit { fitting = shorter[fitting - 1] }
            if key[fitting] == unit { fitting += 1 }
            shorter.append(fitting)
        }
        self.key = key
        self.shorter = shorter
        starts = [Int](repeating: 0, count: key.count)
    }

    /// Takes the text's next character. Where the key ends with it: where that begins. The next one begins behind it.
    mutating func advance(_ character: UnescapedCharacters.Character) -> Int? {
        while matchedCount > 0, key[matchedCount] != character.unit { matchedCount = shorter[matchedCount - 1] }
        if key[matchedCount] == character.unit { matchedCount += 1 }
        starts[count % key.count] = character.range.lowerBound
        count += 1
        guard matchedCount == key.count else { return nil }
        defer { matchedCount = 0 }
        return matchStart
    }

    /// Where the beginning of the key that has been read begins.
    /// - Precondition: there is one.
    var matchStart: Int { starts[(count - matchedCount) % key.count] }

    /// What was read so far is no part of a key.
    mutating func restart() { matchedCount = 0 }
}
