import BridgeCore
import BridgeTestKit
import Providers
import Testing

@Suite("The log's laws")
struct SessionLogTests {
    @Test("seq starts at 1 and grows by 1, whatever is appended")
    func seq() {
        let book = LogBook()
        #expect(book.log.head == 0)
        book.request("a")
        #expect(book.log.head == 1)
        book.start("a")
        var batch = DeltaBatch()
        for _ in 0..<5 { batch.add(.text, "x") }
        book.append("a", batch)
        #expect(book.log.head == 7)
        book.end("a")
        #expect(book.log.head == 8 && book.log.count == 8 && book.log.first == 1)
    }

    @Test("an entry is readable when append returns")
    func readable() throws {
        let book = LogBook()
        book.request("a")
        #expect(try book.words(after: 0) == [["a 0@1 request"]])
        book.start("a")
        #expect(try book.words(after: 1) == [["a 1@2 start"]])
        book.text("a", "x")
        #expect(try book.words(after: 2) == [["a 2@3 text:x"]])
    }

    @Test("n is dense from 0 in each request, however they interleave")
    func n() throws {
        let book = LogBook()
        book.request("a")
        book.request("b")
        book.start("b")
        book.start("a")
        book.end("b", .error)
        book.end("a", .aborted)
        #expect(
            try book.words(after: 0).flatMap(\.self) == [
                "a 0@1 request", "b 0@2 request", "b 1@3 start", "a 1@4 start", "b 2@5 error", "a 2@6 aborted",
            ])
    }

    @Test("what was forgotten says so, and what is held does not")
    func holds() {
        let book = LogBook()
        book.request("a")
        book.start("a")
        for _ in 0..<8 { book.text("a", "x") }
        #expect(book.log.holds(after: 0) && book.log.holds(after: 10) && !book.log.holds(after: 11))
        book.log.trim(maxEntries: 4, maxBytes: .max)
        #expect(book.log.first == 7 && book.log.count == 4)
        #expect(!book.log.holds(after: 5) && book.log.holds(after: 6) && book.log.holds(after: 10))
        #expect(!book.log.holds(after: .max))
    }

    @Test("the empty log holds everything after 0 and nothing else")
    func empty() {
        let book = LogBook()
        #expect(book.log.holds(after: 0) && !book.log.holds(after: 1))
        book.log.trim(maxEntries: 0, maxBytes: 0, upTo: 5)
        #expect(book.log.holds(after: 0) && book.log.first == 1)
    }

    @Test("nothing is forgotten but by trim, and then by count, by bytes or up to a seq")
    func trim() throws {
        func book() -> LogBook {
            let book = LogBook()
            book.request("a")
            for index in 0..<9 { book.text("a", String(repeating: "\(index)", count: 100)) }
            return book
        }
        let byCount = book()
        byCount.log.trim(maxEntries: 3, maxBytes: .max)
        #expect(byCount.log.first == 8)
        let byBytes = book()
        byBytes.log.trim(maxEntries: .max, maxBytes: 250)
        #expect(byBytes.log.first == 9)
        let bySeq = book()
        bySeq.log.trim(maxEntries: .max, maxBytes: .max, upTo: 4)
        #expect(bySeq.log.first == 5)
        let all = book()
        all.log.trim(maxEntries: 0, maxBytes: .max)
        #expect(all.log.count == 0 && all.log.first == 11 && all.log.head == 10)
        all.text("a", "new")
        #expect(try all.words(after: 10) == [["a 10@11 text:new"]])
        for (kept, seq) in [(byCount, UInt64(7)), (byBytes, 8), (bySeq, 4)] {
            let frame = try #require(try kept.words(after: seq).first?.first)
            #expect(frame.contains("@10 ") && frame.hasSuffix("8"))
        }
    }

    @Test("a single entry larger than the tail is forgotten when the tail is trimmed, not before")
    func hugeEntry() {
        let book = LogBook()
        book.request("a")
        book.text("a", String(repeating: "x", count: 100_000))
        #expect(book.log.holds(after: 0))
        book.log.trim(maxEntries: .max, maxBytes: 1000)
        #expect(book.log.count == 0 && book.log.holds(after: 2))
    }

    @Test("long after trims began, entries read as they were written")
    func compaction() throws {
        let book = LogBook()
        book.request("a")
        book.start("a")
        for round in 0..<5000 {
            book.text("a", "piece \(round) ")
            book.log.trim(maxEntries: 50, maxBytes: 400)
            let word = try #require(try book.words(after: book.log.first - 1).last?.last)
            #expect(word.hasSuffix("piece \(round) "))
        }
        #expect(book.log.byteCount < 100_000)
    }

    @Test("a burst's storage is given back once it has been forgotten")
    func burst() {
        let book = LogBook()
        book.request("a")
        let piece = DeltaBatch.one(.text, String(repeating: "x", count: 256 * 1024))
        for _ in 0..<64 { book.append("a", piece) }
        #expect(book.log.byteCount > 16 << 20)
        book.log.trim(maxEntries: .max, maxBytes: 1 << 20)
        #expect(book.log.byteCount < 8 << 20)
    }

    @Test("a long request in front does not keep what the log knew of ten thousand short ones")
    func slots() {
        let book = LogBook()
        book.request("long")
        for index in 0..<10_000 {
            book.request("r\(index)")
            book.end("r\(index)")
            book.log.trim(maxEntries: 10, maxBytes: .max)
        }
        #expect(book.log.byteCount < 64 * 1024)
        book.text("long", "x")
        #expect(book.message(after: book.log.head - 1).text.contains("\"request\":\"long\",\"seq\":20002,\"n\":1"))
    }
}
