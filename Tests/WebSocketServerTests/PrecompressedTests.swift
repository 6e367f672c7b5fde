import BridgeTestKit
import Glibc
import Testing
import WebSocketServer

/// The bytes of a sibling say which it is: what is in it is its maker's business, and the browser's.
@Suite struct PrecompressedTests {
    private static func withSiblings<R>(_ body: (TestServer, TemporaryFolder) throws -> R) throws -> R {
        let folder = try TemporaryFolder()
        try folder.write("site/index.html", "<h1>plain</h1>")
        try folder.write("site/index.html.br", "in brotli")
        try folder.write("site/index.html.gz", "in gzip")
        try folder.write("site/client/only.js", "export {}")
        try folder.write("site/client/only.js.gz", "js in gzip")
        try folder.write("site/alone.css", "a {}")
        try folder.write("site/logs.tar.gz", "an archive")
        try folder.write("secret.txt", "secret")
        try folder.setTime(
            "site/index.html", "site/index.html.br", "site/index.html.gz", "site/client/only.js",
            "site/client/only.js.gz", secondsFromNow: -60)
        let path = folder.path + "/site"
        return try TestServer.with(options: { $0.publicDirectory = path }) { try body($0, folder) }
    }

    private static func get(
        _ path: String, _ accepted: String?, tag: String? = nil, method: String = "GET", from server: TestServer
    ) throws -> HTTPResponse {
        var headers: [(name: String, value: String)] = []
        if let accepted { headers.append(("Accept-Encoding", accepted)) }
        if let tag { headers.append(("If-None-Match", tag)) }
        return try HTTPExchange.get(path, port: server.port, method: method, headers: headers)
    }

    @Test(
        "a file is sent in the coding that the client likes best, under its own type",
        arguments: [
            (nil, nil, "<h1>plain</h1>"), ("gzip, deflate, br, zstd", "br", "in brotli"), ("gzip", "gzip", "in gzip"),
            ("br;q=0, *", "gzip", "in gzip"), ("zstd", nil, "<h1>plain</h1>"), ("br;q=x", nil, "<h1>plain</h1>"),
        ] as [(String?, String?, String)])
    func coding(accepted: String?, coding: String?, text: String) throws {
        try Self.withSiblings { server, _ throws in
            for path in ["/", "/index.html", "/index.html?v=1"] {
                let reply = try Self.get(path, accepted, from: server)
                #expect(reply.status == 200)
                #expect(reply["content-encoding"] == coding)
                #expect(reply["content-type"] == "text/html; charset=utf-8")
                #expect(reply["content-length"] == "\(text.utf8.count)")
                #expect(reply["vary"] == "Accept-Encoding")
                #expect(reply.text == text)
            }
        }
    }

    @Test("where only one coding is there, who does not take it gets the file as it is")
    func onlyOne() throws {
        try Self.withSiblings { server, _ throws in
            #expect(try Self.get("/client/only.js", "br, gzip;q=0.1", from: server).text == "js in gzip")
            let plain = try Self.get("/client/only.js", "br", from: server)
            #expect(plain.text == "export {}")
            #expect(plain["content-encoding"] == nil)
            #expect(plain["vary"] == "Accept-Encoding, Sec-Fetch-Dest")
        }
    }

    @Test("a file without siblings is the same for all")
    func alone() throws {
        try Self.withSiblings { server, _ throws in
            let reply = try Self.get("/alone.css", "br, gzip", from: server)
            #expect(reply.text == "a {}")
            #expect(reply["vary"] == nil)
            #expect(reply["content-encoding"] == nil)
        }
    }

    @Test("each coding has a tag of its own; a 304 has it, and how it is cached, and no coding")
    func tags() throws {
        try Self.withSiblings { server, _ throws in
            let tags = try [nil, "br", "gzip"].map { try #require(try Self.get("/", $0, from: server)["etag"]) }
            #expect(Set(tags).count == 3)
            for (accepted, tag) in zip([nil, "br", "gzip"], tags) {
                let again = try Self.get("/", accepted, tag: tag, from: server)
                #expect(again.status == 304)
                #expect(again["etag"] == tag)
                #expect(again["vary"] == "Accept-Encoding")
                #expect(again["cache-control"] == "no-cache")
                #expect(again["content-encoding"] == nil)
                #expect(again.body == [])
            }
            // What was kept in one coding is not what is sent in another.
            let other = try Self.get("/", "gzip", tag: tags[1], from: server)
            #expect(other.status == 200)
            #expect(other.text == "in gzip")
        }
    }

    @Test("HEAD has the headers of GET in that coding, and no body")
    func head() throws {
        try Self.withSiblings { server, _ throws in
            let reply = try Self.get("/", "br", method: "HEAD", from: server)
            #expect(reply.status == 200)
            #expect(reply["content-encoding"] == "br")
            #expect(reply["content-length"] == "9")
            #expect(reply["vary"] == "Accept-Encoding")
            #expect(reply.body == [])
        }
    }

    @Test("nothing of a body follows a 304, or the answer to a HEAD: what comes next is the next answer")
    func nothingFollows() throws {
        try Self.withSiblings { server, _ throws in
            let tag = try #require(try Self.get("/", "br", from: server)["etag"])
            let socket = try TestSocket(port: server.port, timeout: .seconds(5))
            let deadline = ContinuousClock.now + .seconds(10)
            var buffer: [UInt8] = []
            for (request, status) in [
                ("GET / HTTP/1.1\r\nIf-None-Match: \(tag)", 304), ("HEAD / HTTP/1.1", 200), ("GET / HTTP/1.1", 200),
            ] {
                try socket.write(
                    Array("\(request)\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n".utf8), until: deadline)
                let reply = try HTTPExchange.readResponse(
                    from: socket, buffer: &buffer, hasBody: request.hasPrefix("GET"), until: deadline)
                #expect(reply.status == status)
                #expect(reply.text == (request == "GET / HTTP/1.1" ? "in brotli" : ""))
            }
            #expect(buffer == [])
        }
    }

    @Test("who takes nothing that is here is told so")
    func notAcceptable() throws {
        try Self.withSiblings { server, _ throws in
            let refused = try Self.get("/", "*;q=0", from: server)
            #expect(refused.status == 406)
            #expect(refused["vary"] == "Accept-Encoding")
            #expect(try Self.get("/alone.css", "gzip, identity;q=0", from: server).status == 406)
            #expect(try Self.get("/", "gzip, identity;q=0", from: server).text == "in gzip")
            #expect(try Self.get("/missing.css", "*;q=0", from: server).status == 404)
        }
    }

    @Test("a sibling of another time than its file's is not used, until it is made again")
    func stale() throws {
        try Self.withSiblings { server, folder throws in
            try folder.setTime("site/index.html.br", secondsFromNow: -10)
            try folder.setTime("site/index.html", "site/index.html.gz", secondsFromNow: -5)
            #expect(try Self.get("/", "br", from: server).text == "<h1>plain</h1>")
            #expect(try Self.get("/", "br, gzip", from: server).text == "in gzip")
            try folder.write("site/index.html.br", "in brotli again")
            try folder.setTime("site/index.html", "site/index.html.br", secondsFromNow: -5)
            #expect(try Self.get("/", "br", from: server).text == "in brotli again")
            try folder.write("site/index.html", "<h1>edited</h1>")
            let edited = try Self.get("/", "br, gzip", from: server)
            #expect(edited.text == "<h1>edited</h1>")
            #expect(edited["vary"] == nil)
        }
    }

    @Test("who puts an older version of a file back, with its time, is not answered with the newer one's sibling")
    func rollback() throws {
        try Self.withSiblings { server, folder throws in
            try folder.write("site/index.html", "<h1>yesterday</h1>")
            try folder.setTime("site/index.html", secondsFromNow: -86_400)
            let back = try Self.get("/", "br, gzip", from: server)
            #expect(back.text == "<h1>yesterday</h1>")
            #expect(back["content-encoding"] == nil)
        }
    }

    @Test("a sibling without its file is nothing, and with it has no name of its own; an archive is a file like others")
    func siblingsHaveNoNames() throws {
        try Self.withSiblings { server, folder throws in
            for path in ["/index.html.br", "/index.html.gz", "/client/only.js.gz", "/index%2ehtml%2ebr"] {
                #expect(try Self.get(path, "br, gzip", from: server).status == 404)
            }
            let archive = try Self.get("/logs.tar.gz", "gzip", from: server)
            #expect(archive.text == "an archive")
            #expect(archive["content-type"] == "application/octet-stream")
            #expect(archive["content-encoding"] == nil)
            #expect(unlink(folder.path + "/site/index.html") == 0)
            #expect(try Self.get("/index.html", "br, gzip", from: server).status == 404)
        }
    }

    @Test("a sibling that is a link, a folder or a FIFO is not there")
    func noRegularFile() throws {
        try Self.withSiblings { server, folder throws in
            try folder.link("site/alone.css.br", to: "../secret.txt")
            #expect(mkfifo(folder.path + "/site/alone.css.gz", 0o600) == 0)
            try folder.write("site/a.js", "export {}")
            #expect(mkdir(folder.path + "/site/a.js.br", 0o700) == 0)
            // Their time would do.
            try folder.setTime(
                "site/alone.css", "site/alone.css.gz", "site/a.js", "site/a.js.br", "secret.txt", secondsFromNow: -60)
            for (path, text) in [("/alone.css", "a {}"), ("/a.js", "export {}")] {
                let reply = try Self.get(path, "br, gzip", from: server)
                #expect(reply.text == text)
                #expect(reply["content-encoding"] == nil)
                #expect(reply["vary"]?.contains("Accept-Encoding") != true)
            }
            for path in ["/alone.css.br", "/alone.css.gz", "/a.js.br"] {
                #expect(try Self.get(path, "br, gzip", from: server).status == 404)
            }
        }
    }

    @Test("files too large to be served may have siblings that are not")
    func large() throws {
        let folder = try TemporaryFolder()
        try folder.write("big.js", String(repeating: "x", count: 2_000))
        try folder.write("big.js.gz", "small")
        try folder.write("small.js", "small")
        try folder.write("small.js.gz", String(repeating: "x", count: 2_000))
        try folder.setTime("big.js", "big.js.gz", "small.js", "small.js.gz", secondsFromNow: -60)
        let path = folder.path
        try TestServer.with(options: {
            $0.publicDirectory = path
            $0.maxFileBytes = 1_000
        }) { server throws in
            #expect(try Self.get("/big.js", "gzip", from: server).text == "small")
            #expect(try Self.get("/big.js", nil, from: server).status == 500)
            #expect(try Self.get("/small.js", "gzip", from: server).text == "small")
        }
    }
}
