import ChatProtocol

/// Cuts a key out of what an upstream says, however it is written there: plainly, with JSON's escapes (RFC 8259 section 7), or
/// with those of JSON in a string of JSON.
///
/// One pass, whatever the key and the text: a user chooses the one, and an upstream that echoes it the other.
struct Redaction {
    /// A shorter piece of a key at the end of a text that was cut is not taken for one.
    private static let shortestPiece = 4

    /// nil: there is no key to be found.
    private let search: KeySearch?

    init(_ key: APIKey?) {
        search = key?.withSecret { KeySearch(Array($0.utf8)) }
    }

    /// Bytes, not characters: a combining mark behind a key must not hide it.
    ///
    /// - Parameter isCut: the text's end may be missing, and with it the end of a key.
    func apply(_ text: String?, isCut: Bool = false) -> String? {
        guard let text, var search else { return text }
        let bytes = Array(text.utf8)
        var characters = UnescapedCharacters(bytes)
        var result: [UInt8] = []
        /// So much of the text is in the result, or has been cut out.
        var done = 0
        while let character = characters.next() {
            guard let start = search.advance(character) else { continue }
            result += bytes[done..<start]
            result += "[key]".utf8
            done = character.range.upperBound
        }
        if isCut, search.matchedCount >= Self.shortestPiece {
            result += bytes[done..<search.matchStart]
            result += "[key]".utf8
            done = bytes.count
        }
        guard done > 0 else { return text }
        result += bytes[done...]
        return String(decoding: result, as: UTF8.self)
    }

    /// Overwrites a key in the strings of a JSON text, which stays JSON and as long as it is: nothing else has to move.
    func overwrite(in json: inout [UInt8], _ range: Range<Int>) {
        guard var search, !range.isEmpty else { return }
        var characters = UnescapedCharacters(Array(json[range]))
        var isInString = false
        while let character = characters.next() {
            if character.unit == UInt16(UInt8(ascii: "\"")), !character.isEscaped {
                isInString.toggle()
                search.restart()
            } else if isInString, let start = search.advance(character) {
                for place in start..<character.range.upperBound {
                    json[range.lowerBound + place] = UInt8(ascii: "*")
                }
            }
        }
    }
}
