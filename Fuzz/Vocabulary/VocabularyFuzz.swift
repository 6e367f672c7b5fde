import ByteCoding
import Fuzzing
import Tokenizer

/// Any bytes as a text, as the content of a JSON string, and as a file of ranks; counted in a vocabulary in which much can be merged.
@_cdecl("LLVMFuzzerTestOneInput")
package func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let choice = input.choice()
    let splitting: Splitting = choice & 1 == 0 ? .o200k : .cl100k
    // Few letters, many times: pieces that are long, and in which there is always something to merge.
    let text = choice & 2 == 0 ? Array(input.text) : input.text.flatMap { Seed.letters(of: $0) }
    judgeFile(Array(input.text), splitting)
    lend(text) { text in
        judgeTokens(text, splitting)
        judgeEscaped(text, splitting)
    }
    return 0
}

private func judgeFile(_ file: [UInt8], _ splitting: Splitting) {
    do throws(RankFileError) {
        let vocabulary = try Vocabulary(rankFile: file, splitting: splitting)
        demand(vocabulary.tokenCount >= 256, "every byte is a token")
    } catch {
        demand(error.line <= file.count { $0 == UInt8(ascii: "\n") } + 1, "an error is in the file")
        demand(!error.description.isEmpty, "an error has words")
    }
}

private func judgeTokens(_ text: Span<UInt8>, _ splitting: Splitting) {
    let vocabulary = Seed.vocabulary(splitting)
    var repaired: [UInt8] = []
    repaired.append(repairing: text)
    demand(isValidUTF8(repaired.span), "repaired text is UTF-8")

    let pieces = splitting.pieces(of: repaired.span)
    var end = 0
    for piece in pieces {
        demand(piece.lowerBound == end && !piece.isEmpty, "pieces lie end to end")
        end = piece.upperBound
    }
    demand(end == repaired.count, "pieces are all of the text")

    let tokens = vocabulary.encode(text)
    demand(vocabulary.decode(tokens) == repaired, "tokens are the text")
    demand(vocabulary.count(text) == tokens.count, "as many are counted as there are")
    demand(Seed.heaping(splitting).encode(text) == tokens, "all pieces are merged alike")
    for piece in pieces { judgePiece(Array(repaired[piece]), vocabulary) }
}

/// A row of tokens is what merging makes of their text if every two neighbours are.
private func judgePiece(_ piece: [UInt8], _ vocabulary: Vocabulary) {
    guard vocabulary.splitting.pieces(of: piece.span).count == 1 else { return }
    let tokens = vocabulary.encode(piece.span)
    for (one, other) in zip(tokens, tokens.dropFirst()) {
        let pair = vocabulary.decode([one, other])
        // Both may be pieces of their own when they stand alone, or torn characters.
        guard isValidUTF8(pair.span), vocabulary.splitting.pieces(of: pair.span).count == 1 else { continue }
        let merged = vocabulary.encode(pair.span)
        demand(merged.count == 1 || merged == [one, other], "neighbours stay apart")
    }
}

/// A text that is still escaped is counted as what it stands for.
private func judgeEscaped(_ text: Span<UInt8>, _ splitting: Splitting) {
    var content: [UInt8] = []
    content.append(escaping: text)
    var back: [UInt8] = []
    back.append(unescaping: content.span)
    demand(
        Seed.vocabulary(splitting).count(back.span) == Seed.vocabulary(splitting).count(text), "escapes cost nothing")
    // Content that is none must not be read beyond its end.
    back = []
    back.append(unescaping: text)
    demand(back.count <= text.count, "nothing is shorter escaped")
    demand(TokenEstimate.count(escaped: text, bytesPerToken: 1) <= text.count, "an estimate is bounded")
}
