import Foundation
import Testing
import Tokenizer

/// A vocabulary of all bytes and a few tokens more.
func rankFile(_ tokens: [[UInt8]]) -> [UInt8] {
    let all = (0...255).map { Data([UInt8($0)]) } + tokens.map { Data($0) }
    return Array(all.enumerated().map { "\($1.base64EncodedString()) \($0)\n" }.joined().utf8)
}

@Suite("Rank files")
struct RankFileTests {
    private func failure(_ file: some Sequence<UInt8>) -> RankFileError? {
        do throws(RankFileError) {
            _ = try Vocabulary(rankFile: Array(file), splitting: .o200k)
            return nil
        } catch {
            return error
        }
    }

    @Test("a file is read, with a newline at its end or without")
    func good() throws {
        let file = rankFile([Array("ab".utf8), Array("abc".utf8)])
        #expect(failure(file) == nil)
        #expect(failure(file.dropLast()) == nil)
        let vocabulary = try Vocabulary(rankFile: file, splitting: .o200k)
        #expect(vocabulary.tokenCount == 258)
        #expect(vocabulary.encode("abcab".utf8Span.span) == [257, 256])
        #expect(vocabulary.decode([257, 256, 99, 5_000]) == Array("abcabc".utf8))
    }

    @Test(
        "a line that is none is named",
        arguments: [
            ("YWI", RankFileError.Reason.malformed), ("YWI= ", .malformed), ("YWI=256", .malformed),
            ("YWI= x", .malformed),
            ("YWI= 256 ", .malformed), ("Y*I= 256", .malformed), ("YWI 256", .malformed), ("Y=I= 256", .malformed),
            ("YW== = 256", .malformed), ("", .malformed), ("YWI=  256", .malformed),
            ("YWI= 99999999999999999999", .malformed),
            (" 256", .badLength), ("YWI= 257", .outOfOrder), ("YWI= 255", .outOfOrder), ("YQ== 256", .duplicate),
            (String(repeating: "YWFh", count: 400) + " 256", .badLength),
        ])
    func malformed(line: String, reason: RankFileError.Reason) {
        let error = failure(rankFile([]) + Array((line + "\n").utf8))
        #expect(error == RankFileError(line: 257, reason: reason))
        #expect(error?.description.hasPrefix("line 257: ") == true)
    }

    @Test("a file without a byte would leave texts without an encoding")
    func missing() {
        let file = String(decoding: rankFile([]), as: UTF8.self).split(separator: "\n").dropLast().joined(
            separator: "\n")
        #expect(failure(file.utf8) == RankFileError(line: 0, reason: .missingByte(255)))
        #expect(failure([]) == RankFileError(line: 0, reason: .missingByte(0)))
    }

    @Test("OpenAI's files have the tokens that they have", arguments: [(Splitting.o200k, 199_998), (.cl100k, 100_256)])
    func real(splitting: Splitting, count: Int) throws {
        #expect(try Vocabularies.of(splitting).tokenCount == count)
    }
}
