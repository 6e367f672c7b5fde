/// Cuts text into pieces about as large as a model's tokens: a word with the space before it, parts of long words, single
/// marks. The pieces put together are the text, and no piece splits a character.
enum DemoTokens {
    /// Longest piece of a word, in characters.
    static let maxLetters = 7

    static func split(_ text: String) -> [String] {
        var tokens: [String] = []
        var token = ""
        var letters = 0
        func isLetter(_ character: Character) -> Bool { character.isLetter || character.isNumber }
        for character in text {
            let joins = isLetter(character) && (letters > 0 || token == " ") && letters < maxLetters
            if !joins, !token.isEmpty {
                tokens.append(token)
                token = ""
                letters = 0
            }
            token.append(character)
            if isLetter(character) { letters += 1 }
        }
        if !token.isEmpty { tokens.append(token) }
        return tokens
    }

    /// What a prompt counts: its pieces, and a few for each message's frame.
    static func count(_ messages: [DemoRequest.Message]) -> Int {
        messages.reduce(3) { $0 + 4 + split($1.content?.text ?? "").count }
    }
}
