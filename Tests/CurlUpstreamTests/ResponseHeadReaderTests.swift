import BridgeCore
import Testing

@testable import CurlUpstream

@Suite("Response heads")
struct ResponseHeadReaderTests {
    /// Feeds lines; the head, or nil where it is refused or incomplete.
    private func read(_ lines: [String], maxBytes: Int = 1_000) -> ResponseHead? {
        var reader = ResponseHeadReader(maxBytes: maxBytes)
        for line in lines {
            let bytes = Array((line + "\r\n").utf8)
            switch bytes.withUnsafeBufferPointer({ reader.read($0) }) {
            case .none: continue
            case .head(let head): return head
            case .refused: return nil
            }
        }
        return nil
    }

    @Test("status and fields, names in lower case, values trimmed, a field that repeats stays twice")
    func fields() throws {
        let head = try #require(read(["HTTP/1.1 200 OK", "Set-Thing:\t a ", "set-thing: b:c", "Empty:", ""]))
        #expect(head.status == 200)
        #expect(head.headers.map(\.name) == ["set-thing", "set-thing", "empty"])
        #expect(head.headers.map(\.value) == ["a", "b:c", ""])
        #expect(head["set-thing"] == "a")
    }

    @Test("a status line may have no reason, and HTTP/2's has none")
    func reasons() {
        #expect(read(["HTTP/2 429", ""])?.status == 429)
        #expect(read(["HTTP/1.0 500", ""])?.status == 500)
        #expect(read(["HTTP/1.1 99", ""]) == nil)
        #expect(read(["HTP/1.1 200", ""]) == nil)
        #expect(read([""]) == nil)
    }

    @Test("a folded field is one, with a space at each fold; a line without a colon is skipped")
    func folded() throws {
        let head = try #require(read(["HTTP/1.1 200 OK", "A: one", "  two", "\tthree", "no colon", ""]))
        #expect(head.headers.map(\.value) == ["one two three"])
    }

    @Test("the limit counts all bytes, those of informational heads too")
    func limit() {
        let head = ["HTTP/1.1 103 Early Hints", "A: b", "", "HTTP/1.1 200 OK", ""]
        let bytes = head.reduce(0) { $0 + $1.utf8.count + 2 }
        #expect(read(head, maxBytes: bytes)?.status == 200)
        #expect(read(head, maxBytes: bytes - 1) == nil)
    }
}

@Suite("Request targets")
struct RequestTargetTests {
    @Test(
        "what a message may name of a URL: host and port, never user, path or query",
        arguments: [
            ("http://api.test", "api.test"), ("HTTPS://api.test:8443/v1?x=@y", "api.test:8443"),
            ("http://user:pass@api.test/v1", "api.test"), ("http://user:p@ss@[::1]:80/", "[::1]:80"),
            ("http://api.test#@evil", "api.test"),
        ])
    func authority(url: String, expected: String) {
        #expect(RequestTarget(url: url)?.authority == expected)
    }

    @Test(
        "what is no target", arguments: ["", "api.test", "ftp://a", "http:/a", "http://", "http://:80", "http://u@/"])
    func refused(url: String) {
        #expect(RequestTarget(url: url) == nil)
    }
}
