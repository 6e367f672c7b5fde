import BridgeTestKit
import Glibc
import Testing

@testable import WebSocketServer

@Suite struct HTTPDateTests {
    @Test(
        "a date is written as HTTP wants it",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"), (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
        ])
    func written(second: time_t, text: String) {
        var date = HTTPDate()
        #expect(date.text(at: second) == text)
    }

    @Test("it goes with the clock, also when that is set back")
    func goesOn() {
        var date = HTTPDate()
        let texts = [59, 59, 60, 59].map { date.text(at: $0).suffix(12) }
        #expect(texts == ["00:00:59 GMT", "00:00:59 GMT", "00:01:00 GMT", "00:00:59 GMT"])
    }

    @Test("every answer has one, whatever it says")
    func everyAnswer() throws {
        let folder = try TemporaryFolder()
        try folder.write("index.html", "<h1>front</h1>")
        let path = folder.path
        try TestServer.with(options: { $0.publicDirectory = path }) { server throws in
            let tag = try #require(try HTTPExchange.get("/", port: server.port)["etag"])
            for (request, status) in [
                ("GET / HTTP/1.1\r\nHost: a", 200), ("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \(tag)", 304),
                ("GET /no HTTP/1.1\r\nHost: a", 404), ("POST / HTTP/1.1\r\nHost: a", 405), ("GET / HTTP/1.1", 400),
            ] {
                let before = time(nil)
                let reply = try HTTPExchange.raw(
                    Array("\(request)\r\nConnection: close\r\n\r\n".utf8), port: server.port)
                let after = time(nil)
                #expect(reply.status == status)
                var date = HTTPDate()
                let possible = (before...after).map { date.text(at: $0) }
                #expect(possible.contains(reply["date"] ?? ""), "\(request): \(reply["date"] ?? "none")")
            }
        }
    }
}
