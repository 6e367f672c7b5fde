import BridgeCore
import BridgeTestKit
import Providers
import Testing

@Suite("Merging")
struct MergingTests {
    /// A situation: what is in the log after `request` and `start` of a (seq 1, 2), and the frames it becomes.
    struct Situation: CustomTestStringConvertible {
        let testDescription: String
        let fill: @Sendable (LogBook) -> Void
        let frames: [String]
        init(_ name: String, _ fill: @escaping @Sendable (LogBook) -> Void, _ frames: [String]) {
            testDescription = name
            self.fill = fill
            self.frames = frames
        }
    }

    static let situations: [Situation] = [
        .init("one delta stays as it is", { $0.text("a", "x") }, ["a 2@3 text:x"]),
        .init(
            "neighbours become one",
            {
                $0.text("a", "x")
                $0.text("a", "y")
                $0.text("a", "z")
            }, ["a 2-4@5 text:xyz"]),
        .init(
            "another request's frames in between do not matter, and stand by their seq",
            {
                $0.text("a", "x")
                $0.request("b")
                $0.text("a", "y")
            }, ["b 0@4 request", "a 2-3@5 text:xy"]),
        .init(
            "two requests, zipped, become two frames",
            {
                $0.request("b")
                $0.start("b")
                for _ in 0..<3 {
                    $0.text("a", "x")
                    $0.text("b", "y")
                }
            }, ["b 0@3 request", "b 1@4 start", "a 2-4@9 text:xxx", "b 2-4@10 text:yyy"]),
        .init(
            "another kind ends a frame",
            {
                $0.append("a", .one(.reasoning, "r"))
                $0.append("a", .one(.reasoning, "s"))
                $0.text("a", "x")
                $0.append("a", .one(.refusal, "n"))
                $0.append("a", .one(.reasoning, "t"))
            }, ["a 2-3@4 reasoning:rs", "a 4@5 text:x", "a 5@6 refusal:n", "a 6@7 reasoning:t"]),
        .init(
            "another choice ends a frame",
            {
                $0.text("a", "x")
                $0.text("a", "y", choice: 1)
                $0.text("a", "z", choice: 1)
                $0.text("a", "w")
            }, ["a 2@3 text:x", "a 3-4@5 #1 text:yz", "a 5@6 text:w"]),
        .init(
            "deltas with logprobs stand alone",
            {
                $0.text("a", "x")
                $0.append("a", .one(.text, "y", logprobs: "{}"))
                $0.append("a", .one(.text, "z", logprobs: "[1]"))
                $0.text("a", "w")
                $0.text("a", "v")
            }, ["a 2@3 text:x", "a 3@4 text:y logprobs", "a 4@5 text:z logprobs", "a 5-6@7 text:wv"]),
        .init(
            "pieces of one tool call are joined",
            {
                $0.append("a", .one(.toolCall, "", id: "c1", name: "f"))
                $0.append("a", .one(.toolCall, "{\"q\":"))
                $0.append("a", .one(.toolCall, "\"x\"}"))
            }, ["a 2-4@5 call0=c1.f({\"q\":\"x\"})"]),
        .init(
            "several tool calls in one frame, each once, in order of coming",
            {
                $0.append("a", .one(.toolCall, "a", toolIndex: 1, id: "c1", name: "f"))
                $0.append("a", .one(.toolCall, "b", toolIndex: 0, id: "c0", name: "g"))
                $0.append("a", .one(.toolCall, "c", toolIndex: 1))
            }, ["a 2-4@5 call1=c1.f(ac) call0=c0.g(b)"]),
        .init(
            "a tool call's piece with logprobs stands alone",
            {
                $0.append("a", .one(.toolCall, "a", logprobs: "{}"))
                $0.append("a", .one(.toolCall, "b"))
            }, ["a 2@3 call0(a) logprobs", "a 3@4 call0(b)"]),
        .init(
            "what there are no words for stands alone, and text around it too",
            {
                $0.text("a", "x")
                $0.append("a", .one(.extra, #"{"citation":1}"#))
                $0.append("a", .one(.extra, #"{"b":{},"c":[]}"#, choice: 1))
                $0.text("a", "y")
                $0.text("a", "z")
            }, ["a 2@3 text:x", "a 3@4 extra.citation", "a 4@5 #1 extra.b extra.c", "a 5-6@7 text:yz"]),
        .init(
            "a call without arguments has none",
            { $0.append("a", .one(.toolCall, "", id: "c", name: "now")) }, ["a 2@3 call0=c.now"]),
        .init(
            "a terminal is a frame of its own after the text",
            {
                $0.text("a", "x")
                $0.text("a", "y")
                $0.end("a")
            }, ["a 2-3@4 text:xy", "a 4@5 end"]),
        .init(
            "text that needed escapes is the same text after merging",
            {
                $0.text("a", "\"\\\n")
                $0.text("a", "\u{1}ä😀")
            }, ["a 2-3@4 text:\"\\\n\u{1}ä😀"]),
    ]

    @Test("what becomes one frame", arguments: situations)
    func situation(_ situation: Situation) throws {
        let book = LogBook()
        book.request("a")
        book.start("a")
        situation.fill(book)
        #expect(try book.words(after: 2) == [situation.frames])
        var tab = TabModel(session: "s")
        try tab.take(LogBook().joined())
        for message in ["\(book.message(after: 0).text)"] { try tab.take(message) }
    }

    @Test("frames rise by seq and the unmerged bytes are the same from every cursor")
    func cursors() throws {
        let book = LogBook()
        book.request("a")
        book.start("a")
        for index in 0..<20 { book.text("a", "\(index) ") }
        book.end("a")
        let whole = "a 2-21@22 text:" + (0..<20).map { "\($0) " }.joined()
        #expect(try book.words(after: 2) == [[whole, "a 22@23 end"]])
        #expect(book.message(after: 22).text == #"{"type":"end","session":"s","request":"a","seq":23,"n":22}"#)
        for cursor in UInt64(0)..<23 {
            let frames = try book.words(after: cursor).flatMap(\.self)
            #expect(frames.last == "a 22@23 end")
        }
    }

    @Test("a message is at most as long as asked for, but always one entry")
    func limit() throws {
        let book = LogBook()
        book.request("a")
        book.start("a")
        for index in 0..<2000 { book.text("a", String(repeating: "x", count: index % 300)) }
        for limit in [1, 300, 1000, 64 * 1024] {
            var tab = TabModel(session: "s")
            try tab.take(LogBook().joined())
            var cursor: UInt64 = 0
            while cursor < book.log.head {
                let message = book.message(after: cursor, limit: limit)
                if message.cursor > cursor + 1 { #expect(message.text.utf8.count <= limit) }
                try tab.take(message.text)
                cursor = message.cursor
            }
            #expect(tab.requests["a"]?.answer.utf8.count == (0..<2000).reduce(0) { $0 + $1 % 300 })
        }
    }

    @Test("an entry larger than a message is a message of its own")
    func hugeEntry() throws {
        let book = LogBook()
        book.request("a")
        book.start("a")
        book.text("a", "x")
        book.text("a", String(repeating: "y", count: 100_000))
        book.text("a", "z")
        let messages = try book.words(after: 2)
        #expect(messages.map(\.count) == [1, 1, 1])
        #expect(messages[1][0].hasPrefix("a 3@4 text:yyy"))
    }

    @Test("a hundred requests at once, interleaved, become one frame each")
    func hundred() throws {
        let book = LogBook()
        for index in 0..<100 { book.request("r\(index)") }
        for index in 0..<100 { book.start("r\(index)") }
        for round in 0..<10 {
            for index in (0..<100).reversed() { book.text("r\(index)", "\(round)") }
        }
        let messages = try book.words(after: 200)
        #expect(messages.count == 1 && messages[0].count == 100)
        #expect(messages[0].first == "r99 2-11@1101 text:0123456789")
        #expect(messages[0].last == "r0 2-11@1200 text:0123456789")
    }
}
