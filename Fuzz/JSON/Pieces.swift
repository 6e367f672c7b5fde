import ByteCoding
import Fuzzing

/// The content of a string cut into pieces, each a string of its own, reads together as the whole: surrogates that the
/// pieces tear apart are put together.
func judgePieces(_ bytes: Span<UInt8>, longest: Int) {
    let content = bytes.indices.map { bytes[$0] }
    guard let whole = string(content), isValidUTF8(bytes) else { return }
    var output: [UInt8] = []
    var held: HighSurrogate?
    for piece in pieces(of: content, longest: longest) {
        lend(quoted(piece)) { json in
            var reader = JSONReader(json)
            do throws(JSONError) {
                held = try reader.readEscapedString(into: &output, continuing: held)
                try reader.finish()
            } catch {
                demand(false, "a piece of a string is a string: \(error)")
            }
        }
    }
    if held != nil { output.appendReplacementCharacter() }
    demand(isValidUTF8(output.span), "what was read in pieces is UTF-8")
    demand(string(output) == whole, "what was read in pieces is the whole")
}

/// Pieces of at most so many characters or escapes.
private func pieces(of content: [UInt8], longest: Int) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = content[...]
    while !rest.isEmpty {
        var end = rest.startIndex
        for _ in 0..<longest where end < rest.endIndex { end += unitLength(rest[end...]) }
        pieces.append(rest[..<end])
        rest = rest[end...]
    }
    return pieces
}

/// The length of the character or escape that valid content begins with.
private func unitLength(_ content: ArraySlice<UInt8>) -> Int {
    switch content[content.startIndex] {
    case UInt8(ascii: "\\"): content[content.startIndex + 1] == UInt8(ascii: "u") ? 6 : 2
    case 0xF0...: 4
    case 0xE0...: 3
    case 0xC0...: 2
    default: 1
    }
}
