import BridgeCore
import Testing

@testable import WebSocketServer

@Suite struct RequestTests {
    private func head(_ text: String) throws -> RequestHead {
        try RequestHead(Array(text.utf8))
    }

    /// The status a request is refused with; nil where it is understood.
    private func refusal(_ text: String) -> Int? {
        do {
            _ = try RequestHead(Array(text.utf8))
            return nil
        } catch {
            return error.status
        }
    }

    @Test("line and headers are understood: names without regard to case, values trimmed, repeated ones joined")
    func headers() throws {
        let head = try head(
            "GET /a?session=1 HTTP/1.1\r\nHOST:  a:1 \r\nOrigin:http://a\r\nAccept: x\r\naccept:\ty\r\nEmpty:\r\n\r\n")
        #expect(head.method == .get)
        #expect(head.isHTTP11)
        #expect(head.host == "a:1")
        #expect(head["origin"] == "http://a")
        #expect(head["accept"] == "x, y")
        #expect(head["empty"] == "")
        #expect(head["absent"] == nil)
        #expect(head.handshake(isUpgrade: false).sessions == ["1"])
    }

    @Test(
        "what is against the grammar is refused",
        arguments: [
            "\r\n\r\n", "GET / HTTP/1.1\r\n", "GET /\r\nHost: a\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%0d%0a HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        ])
    func malformed(text: String) {
        #expect(refusal(text) == 400)
    }

    @Test("other versions of HTTP are 505, and 1.0 does without a Host")
    func versions() {
        #expect(refusal("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == 505)
        #expect(refusal("PRI * HTTP/2.0\r\n\r\n") == 505)
        #expect(refusal("GET / HTTP/1.0\r\n\r\n") == nil)
    }

    @Test(
        "a connection is kept for HTTP/1.1 without a body that did not ask for its end",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true), ("GET / HTTP/1.0\r\nHost: a\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n", false),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", true),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", false),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", false),
        ])
    func keepsAlive(text: String, keeps: Bool) throws {
        #expect(try head(text).keepsAlive == keeps)
    }

    @Test("a target's path and parameters are decoded, once")
    func target() throws {
        let target = try RequestTarget("/a%20b/%2e%2E/%25%32%65?session=a%2Bb+c&x&session=&session=%zz&se%73sion=d=e")
        #expect(target.path == "/a b/../%2e")
        #expect(target.authority == nil)
        #expect(target.values(of: "session") == ["a+b c", "", "d=e"])
        #expect(try RequestTarget("http://a:1?x=1").path == "/")
        #expect(try RequestTarget("http://a:1/b").authority == "a:1")
    }

    @Test("lists are split at commas, without their blanks and empty elements")
    func lists() {
        #expect(HeaderList.tokens(" a,b ,\t, c d,") == ["a", "b", "c d"])
        #expect(HeaderList.tokens(nil) == [])
        #expect(HeaderList.contains("upgrade", in: "keep-alive, Upgrade"))
        #expect(!HeaderList.contains("upgrade", in: "upgrades"))
    }

    @Test(
        "names tell what a file is",
        arguments: [
            ("/index.html", "text/html; charset=utf-8"), ("/a.b.css", "text/css; charset=utf-8"),
            ("/A.JS", "text/javascript; charset=utf-8"), ("/a.mjs", "text/javascript; charset=utf-8"),
            ("/a.json", "application/json"), ("/a.js.map", "application/json"), ("/a.svg", "image/svg+xml"),
            ("/a.png", "image/png"), ("/favicon.ico", "image/x-icon"), ("/a.woff2", "font/woff2"),
            ("/a.wasm", "application/wasm"), ("/a.txt", "text/plain; charset=utf-8"),
            ("/a", "application/octet-stream"), ("/a.html/b", "application/octet-stream"),
        ])
    func contentTypes(path: String, type: String) {
        #expect(ContentType.of(path) == type)
    }

    @Test("a message is cut into fragments that put together are prefix and body, wherever the prefix ends")
    func fragments() {
        let capacity = WriteBuffer.capacity
        for (prefix, body) in [
            (0, 0), (1, 0), (0, 1), (capacity, 0), (capacity, 1), (capacity - 1, 2), (3, 2 * capacity),
            (2 * capacity + 5, 7),
        ] {
            let bytes = (0..<(prefix + body)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var message = FragmentedMessage(
                SharedMessage(prefix: Array(bytes[..<prefix]), body: SharedBytes(Array(bytes[prefix...]))))
            var out: [UInt8] = []
            var isLast = false
            while !isLast {
                #expect(message.isFirst == out.isEmpty)
                isLast = message.isLast
                var fragment = [UInt8](repeating: 0, count: message.nextCount)
                fragment.withUnsafeMutableBytes { message.take(into: $0) }
                #expect(fragment.count <= capacity)
                out += fragment
            }
            #expect(out == bytes)
        }
    }
}
