import BridgeCore
import BridgeTestKit
import Foundation
import Glibc
import Synchronization
import Testing
import TokenCounting
import Tokenizer
import UVLoop

@Suite("Counting tokens beside the loop")
struct TokenCountingTests {
    private let long = String(repeating: "ab ", count: TokenCounting.shortBytes)

    @Test(
        "a vocabulary is loaded at its first use, by the thread, and said to be; then short texts are counted at once")
    func loading() throws {
        let counter = try Counter([.o200k: ["ab", "abc"]])
        #expect(try counter.count(["abcab", ""], in: .o200k, later: true) == .init(counts: [2, 0], isExact: true))
        #expect(counter.events == [.vocabularyLoaded(.o200k, tokens: 258)])
        #expect(try counter.count(["abc", "ab c"], in: .o200k, later: false) == .init(counts: [1, 3], isExact: true))
        #expect(counter.events.count == 1)
        counter.close()
    }

    @Test("long texts, and many short ones that are long together, are counted in a later turn")
    func longTexts() throws {
        let counter = try Counter([.o200k: ["ab"], .cl100k: ["ab", " ab"]])
        _ = try counter.count([""], in: .o200k, later: true)
        let count = TokenCounting.shortBytes
        #expect(
            try counter.count([long, "ab"], in: .o200k, later: true) == .init(counts: [2 * count, 1], isExact: true))
        #expect(try counter.count([long], in: .cl100k, later: true) == .init(counts: [count + 1], isExact: true))
        let many = [String](repeating: "ab", count: count)
        #expect(try counter.count(many, in: .o200k, later: true).counts == [Int](repeating: 1, count: count))
        counter.close()
    }

    @Test("texts are the contents of JSON strings")
    func escaped() throws {
        let counter = try Counter([.o200k: ["\n\n", "é"]])
        let texts = [#"\n\n"#, #"\u00e9"#, #"\"#, #"\ud83d"#]
        #expect(try counter.count(texts, in: .o200k, later: true).counts == [1, 1, 0, 3])
        #expect(try counter.count(texts, in: .o200k, later: false).counts == [1, 1, 0, 3])
        let long = String(repeating: #"\u00e9 "#, count: 1_000)
        #expect(try counter.count([long], in: .o200k, later: true).counts == [2_000])
        counter.close()
    }

    @Test(
        "the texts of a long body are found in a later turn, those of a short one at once; they come before the others")
    func bodies() throws {
        let counter = try Counter([.o200k: ["ab"]])
        _ = try counter.count([""], in: .o200k, later: true)
        let marks = ChatOverhead.perMessage
        #expect(
            try counter.count(prompt: ["ab", "abc"], ["c"], in: .o200k, later: false)
                == .init(counts: [1, 2 + 2 * marks, 1], isExact: true))
        let count = TokenCounting.shortBytes
        #expect(
            try counter.count(prompt: [long, "ab"], ["c"], in: .o200k, later: true)
                == .init(counts: [2 * count, 1 + 2 * marks, 1], isExact: true))
        #expect(
            try counter.count(prompt: ["ab", "ab"], [long], in: .likeO200k(factor: 2), later: true)
                == .init(counts: [2, 2 + 2 * marks, 4 * count], isExact: false))
        counter.close()
    }

    @Test("a picture, and the marks of a message, count the same in every unit, with the last text of their prompt")
    func pictures() throws {
        let counter = try Counter([.o200k: ["ab"]])
        _ = try counter.count([""], in: .o200k, later: true)
        let body =
            #"{"messages":[{"content":[{"type":"text","text":"ab"},{"type":"image_url","image_url":{"url":"x"}}]}]}"#
        let source = TextSource(body: FakeBody(Array(body.utf8)), texts: [Array("ab".utf8)])
        let picture = ChatOverhead.perMedium + ChatOverhead.perMessage
        for (unit, each) in [(TokenUnit.o200k, 1), (.likeO200k(factor: 2), 2), (.calibrated(bytesPerToken: 1), 2)] {
            #expect(try counter.count(source, in: unit, later: false).counts == [each + picture, each])
        }
        let long = TextSource(body: FakeBody(Array(body.utf8)), texts: [Array(long.utf8)])
        #expect(
            try counter.count(long, in: .likeO200k(factor: 2), later: true).counts
                == [2 + picture, 4 * TokenCounting.shortBytes])
        counter.close()
    }

    @Test("and so they are where a factor serves, be it the unit's own or for want of a vocabulary")
    func bodiesByFactor() throws {
        let counter = try Counter([:])
        let unit = TokenUnit.calibrated(bytesPerToken: 3)
        let weight = long.utf8.count / 3
        let marks = ChatOverhead.perMessage
        for _ in 0..<2 {
            #expect(
                try counter.count(prompt: [long, "abc"], ["c"], in: unit, later: true)
                    == .init(counts: [weight, 1 + 2 * marks, 1], isExact: false))
            #expect(
                try counter.count(prompt: [long], ["abcd"], in: .o200k, later: true)
                    == .init(counts: [long.utf8.count / 4 + marks, 1], isExact: false))
        }
        #expect(
            try counter.count(prompt: ["abcdef"], in: unit, later: false)
                == .init(counts: [2 + marks], isExact: false))
        counter.close()
    }

    @Test("a long body that nobody has time to count is not walked: all of its bytes are weighed, at once")
    func hasty() throws {
        let counter = try Counter([.o200k: []])
        counter.counting.close()
        for (body, isRead) in [(1_000, true), (TextSource.maxHastyBytes + 1, false)] {
            let watched = WatchedBody(byteCount: body)
            let source = TextSource(body: watched, texts: [Array("abcdefgh".utf8)])
            var counts: [Int] = []
            counter.counting.count(source, in: .o200k) {
                counts = $0; #expect(!$1)
            }
            #expect(watched.wasRead == isRead)
            // Of what is no request there are no texts.
            #expect(counts == (isRead ? [2] : [(body + 3) / 4, 2]))
        }
        counter.close()
    }

    @Test("a factor serves at once, and is not exact")
    func factor() throws {
        let counter = try Counter([:])
        let unit = TokenUnit.calibrated(bytesPerToken: 3)
        #expect(
            try counter.count(["", "abcdef", #"\n\n\n\n"#, long], in: unit, later: false)
                == .init(counts: [0, 2, 2, long.utf8.count / 3], isExact: false))
        #expect(counter.events.isEmpty)
        counter.close()
    }

    @Test("what is like a vocabulary is counted in it, and scaled")
    func scaled() throws {
        let counter = try Counter([.o200k: ["ab"]])
        let unit = TokenUnit.likeO200k(factor: 1.5)
        #expect(
            try counter.count(["ab", "ababab", long], in: unit, later: true)
                == .init(counts: [2, 5, TokenCounting.shortBytes * 3], isExact: false))
        #expect(
            try counter.count(["ab", "", "abc"], in: unit, later: false) == .init(counts: [2, 0, 3], isExact: false))
        counter.close()
    }

    @Test("without its file a vocabulary's place is taken by a factor, and that is said once")
    func missing() throws {
        let counter = try Counter([.cl100k: []])
        var answers: [Bool] = []
        for _ in 0..<3 {
            counter.counting.count([Array("abcdefgh".utf8)], in: .o200k) {
                #expect($0 == [2]); answers.append($1)
            }
        }
        counter.run { answers.count == 3 }
        #expect(answers == [false, false, false])
        let file = Counter.file(.o200k, in: counter.folder).path
        #expect(counter.events == [.vocabularyMissing(.o200k, .unreadable(file: file, errno: ENOENT))])
        #expect(try counter.count([long], in: .o200k, later: false).isExact == false)
        #expect(try counter.count([long], in: .cl100k, later: true).isExact)
        counter.close()
    }

    @Test("a file that cannot be used is said to be, with its line")
    func malformed() throws {
        let counter = try Counter([:])
        let file = Counter.file(.o200k, in: counter.folder)
        try Data("AA== 0\nhuh\n".utf8).write(to: file)
        #expect(try counter.count(["a"], in: .o200k, later: true).isExact == false)
        guard case .vocabularyMissing(.o200k, let error)? = counter.events.first else {
            Issue.record("not said")
            return
        }
        #expect(error.description == "\(file.path): line 2: not a token in base64, a space and its rank")
        counter.close()
    }

    @Test(
        "what is no regular file is not waited for: a FIFO, a device, a folder",
        arguments: ["fifo", "device", "folder"])
    func noFile(kind: String) throws {
        let counter = try Counter([:])
        let file = Counter.file(.o200k, in: counter.folder).path
        switch kind {
        case "fifo": #expect(mkfifo(file, 0o600) == 0)
        case "device": #expect(symlink("/dev/zero", file) == 0)
        default: #expect(mkdir(file, 0o700) == 0)
        }
        #expect(try counter.count(["abcdefgh"], in: .o200k, later: true) == .init(counts: [2], isExact: false))
        #expect(counter.events == [.vocabularyMissing(.o200k, .noFile(file))])
        counter.close()
    }

    @Test("a file that is too large is not read")
    func tooLarge() throws {
        let counter = try Counter([.o200k: []])
        let file = Counter.file(.o200k, in: counter.folder).path
        #expect(truncate(file, VocabularyFolder.maxBytes + 1) == 0)
        #expect(try counter.count(["abcdefgh"], in: .o200k, later: true).isExact == false)
        #expect(counter.events == [.vocabularyMissing(.o200k, .tooLarge(file: file))])
        counter.close()
    }

    @Test("when too much waits a factor serves at once, and what waits is counted all the same")
    func tooMuch() throws {
        let gate = Gate()
        let counter = try Counter([.o200k: ["ab"]], gate: gate)
        var exact = 0
        for _ in 0..<TokenCounting.maxWaitingJobs {
            counter.counting.count([Array("ab".utf8)], in: .o200k) {
                #expect($0 == [1]); exact += $1 ? 1 : 0
            }
        }
        #expect(exact == 0)
        #expect(try counter.count(["abcdefgh"], in: .o200k, later: false) == .init(counts: [2], isExact: false))
        gate.open()
        counter.run { exact == TokenCounting.maxWaitingJobs }
        #expect(try counter.count([long], in: .o200k, later: true).isExact)
        counter.close()
    }

    @Test("bytes that wait are bounded too")
    func tooManyBytes() throws {
        let gate = Gate()
        let counter = try Counter([:], gate: gate)
        let text = [UInt8](repeating: UInt8(ascii: "."), count: TokenCounting.maxWaitingBytes - 1)
        var answers: [Bool] = []
        counter.counting.count([text], in: .o200k) { answers.append($1) }
        counter.counting.count([[1, 2]], in: .o200k) { answers.append($1) }
        #expect(answers == [false])
        counter.counting.count([[1]], in: .o200k) { answers.append($1) }
        #expect(answers == [false])
        gate.open()
        counter.close()
        #expect(answers == [false, false, false])
    }

    @Test("what waits at the close is answered by factor before it returns, in order; what comes later, too")
    func closing() throws {
        let gate = Gate()
        let counter = try Counter([:], gate: gate)
        var answers: [[Int]] = []
        for index in 1...5 {
            counter.counting.count([[UInt8](repeating: 97, count: 4 * index)], in: .o200k) {
                answers.append($0); #expect(!$1)
            }
        }
        gate.open()
        counter.close()
        #expect(answers == [[1], [2], [3], [4], [5]])
        counter.counting.count([[97]], in: .o200k) {
            answers.append($0); #expect(!$1)
        }
        #expect(answers.count == 6)
        #expect(counter.events.isEmpty)
    }

    @Test("a close in the midst of counting ends it")
    func closingMidway() throws {
        let counter = try Counter([.o200k: ["ab"]])
        var answers = 0
        for _ in 0..<20 {
            counter.counting.count([[UInt8](repeating: UInt8(ascii: "a"), count: 2 << 20)], in: .o200k) { _, _ in
                answers += 1
            }
        }
        counter.run { !counter.events.isEmpty }
        counter.close()
        #expect(answers == 20)
    }

    @Test("answers that ask again are heard", arguments: [false, true])
    func again(isClosing: Bool) throws {
        let counter = try Counter([.o200k: []])
        var answers = 0
        func ask() {
            counter.counting.count([Array(long.utf8)], in: .o200k) { _, _ in
                answers += 1
                if answers < 5 { ask() }
            }
        }
        ask()
        if !isClosing { counter.run { answers == 5 } }
        counter.close()
        #expect(answers == 5)
    }

    @Test("whatever is asked in whatever order, each is answered once, with its own counts", arguments: Seeds.of(4))
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let counter = try Counter([.o200k: ["ab"], .cl100k: ["bc"]])
        var asked = 0
        var answered = 0
        while asked < 100 {
            let times = Int.random(in: 0..<1_000, using: &generator)
            let unit: TokenUnit = generator.chance(1, in: 2) ? .o200k : .cl100k
            asked += 1
            counter.counting.count([Array(String(repeating: "abc ", count: times).utf8), []], in: unit) {
                counts, isExact in
                #expect(isExact)
                #expect(counts == [3 * times, 0])
                answered += 1
            }
            if generator.chance(1, in: 10) { counter.loop.runNoWait() }
        }
        counter.run { answered == asked }
        counter.close()
        #expect(answered == asked)
    }
}

/// A body of spaces that remembers whether it was read; on the thread of the test.
private final class WatchedBody: RequestBody {
    let count: Int
    private let reads = Atomic(0)

    var wasRead: Bool { reads.load(ordering: .relaxed) > 0 }

    init(byteCount: Int) { count = byteCount }

    func read(_ body: (Span<UInt8>) -> Void) {
        reads.add(1, ordering: .relaxed)
        let bytes = [UInt8](repeating: UInt8(ascii: " "), count: count)
        body(bytes.span)
    }
}
