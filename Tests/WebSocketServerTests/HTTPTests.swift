import BridgeCore
import BridgeTestKit
import Glibc
import Testing
import WebSocketServer

@Suite struct HTTPTests {
    private static func withFiles<R>(
        core: @escaping @Sendable (FakeCore) -> Void = { _ in }, _ body: (TestServer, TemporaryFolder) throws -> R
    ) throws -> R {
        let folder = try TemporaryFolder()
        try folder.write("site/index.html", "<h1>front</h1>")
        try folder.write("site/client/session.js", "export {}")
        try folder.write("site/.env", "SECRET=1")
        try folder.write("site/.git/config", "secret")
        try folder.write("secret.txt", "secret")
        try folder.link("site/out.txt", to: "../secret.txt")
        try folder.link("site/up", to: "..")
        let path = folder.path + "/site"
        return try TestServer.with(options: { $0.publicDirectory = path }, core: core) { try body($0, folder) }
    }

    @Test("a slash with a combining mark behind it is a slash: no link is followed by way of it")
    func combiningMark() throws {
        let folder = try TemporaryFolder()
        try folder.write("site/index.html", "page")
        try folder.write("outside/secret.txt", "secret")
        // By system call: Foundation takes the slash and the mark for one character, too.
        #expect(rename(folder.path + "/outside/secret.txt", folder.path + "/outside/\u{301}secret.txt") == 0)
        try folder.link("site/link", to: "../outside")
        let path = folder.path + "/site"
        try TestServer.with(options: { $0.publicDirectory = path }) { server throws in
            #expect(try HTTPExchange.get("/link/%CC%81secret.txt", port: server.port).status == 404)
        }
    }

    @Test("healthz says ok, and 503 while draining")
    func healthz() throws {
        try TestServer.with { server throws in
            let healthy = try HTTPExchange.get("/healthz", port: server.port)
            #expect(healthy.status == 200)
            #expect(healthy.text == "ok\n")
            try server.perform { $0.core.isHealthy = false }
            let draining = try HTTPExchange.get("/healthz", port: server.port)
            #expect(draining.status == 503)
            #expect(draining.text == "draining\n")
        }
    }

    @Test("files come with their type and a tag")
    func files() throws {
        try Self.withFiles { server, _ throws in
            let page = try HTTPExchange.get("/", port: server.port)
            #expect(page.status == 200)
            #expect(page.text == "<h1>front</h1>")
            #expect(page["content-type"] == "text/html; charset=utf-8")
            #expect(page["cache-control"] == "no-cache")
            #expect(page["vary"] == nil)
            let module = try HTTPExchange.get("/client/session.js?v=1", port: server.port)
            #expect(module["content-type"] == "text/javascript; charset=utf-8")
            #expect(module.text == "export {}")
            #expect(module["etag"] != nil)
        }
    }

    /// Headers, and the kinds of files that have them.
    private static let rules: [(name: String, value: String?, kinds: [String])] = [
        ("x-content-type-options", "nosniff", ["html", "svg", "js", "css", "png", ""]),
        ("content-security-policy", nil, ["html", "svg", "js", ""]),
        ("x-frame-options", "DENY", ["html", "svg", ""]),
        ("referrer-policy", "no-referrer", ["html", "svg", ""]),
        ("x-dns-prefetch-control", "off", ["html", "svg", ""]),
        ("cross-origin-opener-policy", "same-origin", ["html", "svg", ""]),
        ("cross-origin-resource-policy", "same-origin", ["html", "svg", ""]),
        ("permissions-policy", nil, ["html", "svg", ""]),
    ]

    @Test(
        "browsers get the rules for what a file may become: a document, a worker, or neither",
        arguments: ["html", "svg", "js", "css", "png", ""])
    func rules(kind: String) throws {
        try Self.withFiles { server, folder throws in
            try folder.write("site/a.\(kind)", "a")
            let reply = try HTTPExchange.get(kind.isEmpty ? "/missing" : "/a.\(kind)", port: server.port)
            #expect(reply.status == (kind.isEmpty ? 404 : 200))
            for rule in Self.rules {
                #expect((reply[rule.name] != nil) == rule.kinds.contains(kind), "\(rule.name)")
                if let value = rule.value, rule.kinds.contains(kind) { #expect(reply[rule.name] == value) }
            }
        }
    }

    @Test("a script has rules of its own unless it is wanted for a page, which has them; no copy serves for both")
    func destinations() throws {
        try Self.withFiles { server, _ throws in
            let get = { (destination: String, tag: String?) in
                try HTTPExchange.get(
                    "/client/session.js", port: server.port,
                    headers: [("Sec-Fetch-Dest", destination)] + (tag.map { [("If-None-Match", $0)] } ?? []))
            }
            let script = try get("script", nil)
            #expect(script["content-security-policy"] == nil)
            #expect(script["vary"] == "Sec-Fetch-Dest")
            for destination in ["worker", "document", "empty", ""] {
                let worker = try get(destination, script["etag"])
                #expect(worker.status == 200)
                #expect(worker["content-security-policy"] != nil)
                #expect(worker["vary"] == "Sec-Fetch-Dest")
                #expect(try get(destination, worker["etag"]).status == 304)
            }
            #expect(try get("script", script["etag"]).status == 304)
            let page = try HTTPExchange.get("/", port: server.port, headers: [("Sec-Fetch-Dest", "script")])
            #expect(page["content-security-policy"] != nil)
        }
    }

    @Test("a page runs and loads only what comes from here, but for pictures in it; a worker, too")
    func contentSecurityPolicy() throws {
        try Self.withFiles { server, _ throws in
            let policies = try ["/", "/client/session.js"].map { path in
                try #require(try HTTPExchange.get(path, port: server.port)["content-security-policy"])
                    .split(separator: ";").map { $0.split(separator: " ").map(String.init) }
            }
            let worker = [["default-src", "'self'"], ["connect-src", "'self'", "ws:", "wss:"]]
            #expect(policies[1] == worker)
            #expect(
                policies[0] == worker + [
                    ["img-src", "'self'", "data:", "blob:"], ["object-src", "'none'"], ["base-uri", "'none'"],
                    ["form-action", "'none'"], ["frame-ancestors", "'none'"],
                ])
        }
    }

    @Test("a tag that is known is answered 304 without a body, until the file changes")
    func tags() throws {
        try Self.withFiles { server, folder throws in
            let first = try HTTPExchange.get("/index.html", port: server.port)
            let tag = try #require(first["etag"])
            for known in [tag, "W/" + tag, "\"x\", " + tag, "*"] {
                let again = try HTTPExchange.get("/index.html", port: server.port, headers: [("If-None-Match", known)])
                #expect(again.status == 304)
                #expect(again["etag"] == tag)
                #expect(again["cache-control"] == "no-cache")
                #expect(again.body == [])
                // What the browser has of the file stays as it is; to say it again would only cost bytes.
                for name in ["content-type", "content-length", "content-security-policy"] {
                    #expect(again[name] == nil)
                }
            }
            try folder.write("site/index.html", "<h1>edited</h1>")
            let edited = try HTTPExchange.get("/index.html", port: server.port, headers: [("If-None-Match", tag)])
            #expect(edited.status == 200)
            #expect(edited.text == "<h1>edited</h1>")
        }
    }

    @Test("HEAD has the headers of GET and no body")
    func head() throws {
        try Self.withFiles { server, _ throws in
            let response = try HTTPExchange.get("/index.html", port: server.port, method: "HEAD")
            #expect(response.status == 200)
            #expect(response["content-length"] == "14")
        }
    }

    @Test("other methods are 405, with or without a body", arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
    func methods(method: String) throws {
        try Self.withFiles { server, _ throws in
            let plain = try HTTPExchange.get("/index.html", port: server.port, method: method)
            #expect(plain.status == 405)
            #expect(plain["allow"] == "GET, HEAD")
            let request = "\(method) / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
            #expect(try HTTPExchange.raw(Array(request.utf8), port: server.port).status == 405)
        }
    }

    @Test(
        "nothing but the folder's own files can be reached, however the target is written",
        arguments: [
            "/../secret.txt", "/client/../../secret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt",
            "/..%2fsecret.txt", "/client/%2e%2e/%2e%2e/secret.txt", "/..%5csecret.txt", "/..\\secret.txt",
            "/%252e%252e/secret.txt", "//../secret.txt", "/./../secret.txt", "/out.txt", "/up/secret.txt", "/.env",
            "/.git/config", "/%2egit/config", "/client", "/client/", "/missing.html", "/index.html/",
            "/index.html%00.js",
            "/index.html%0a", "/etc/passwd", "/client/session.js/..%2f..%2f..%2fsecret.txt",
        ])
    func traversal(target: String) throws {
        try Self.withFiles { server, _ throws in
            let request = "GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let response = try HTTPExchange.raw(Array(request.utf8), port: server.port)
            #expect([400, 404].contains(response.status), "\(response.status)")
            #expect(!response.text.contains("secret") && !response.text.contains("SECRET"))
        }
    }

    @Test(
        "a target that is no path is refused",
        arguments: ["index.html", "ftp://a/index.html", "*", "/a#b", "/%zz", "/%f"])
    func notAPath(target: String) throws {
        try Self.withFiles { server, _ throws in
            let request = "GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let response = try HTTPExchange.raw(Array(request.utf8), port: server.port)
            #expect(response.status == 400)
        }
    }

    @Test("a target that is a whole URL means its path, and its host is the request's")
    func wholeURL() throws {
        try Self.withFiles { server, _ throws in
            let request = "GET http://b:1/index.html HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let response = try HTTPExchange.raw(Array(request.utf8), port: server.port)
            #expect(response.status == 200)
            #expect(try server.perform { $0.core.handshakes.map(\.host) } == ["b:1"])
        }
    }

    @Test("a large file arrives byte for byte at a slow reader")
    func largeFile() throws {
        try Self.withFiles { server, folder throws in
            let text = (0..<400_000).map { "\($0)\n" }.joined()
            try folder.write("site/large.txt", text)
            let response = try HTTPExchange.get("/large.txt", port: server.port)
            #expect(response.status == 200)
            #expect(response.text == text)
            let socket = try TestSocket(port: server.port, receiveBuffer: 131_072, timeout: .seconds(5))
            socket.bytesPerRead = 20_000
            try socket.write(
                Array("GET /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8), until: .now + .seconds(5)
            )
            var received: [UInt8] = []
            while try socket.read(into: &received, until: .now + .seconds(30)) {}
            #expect(String(decoding: received.suffix(text.utf8.count), as: UTF8.self) == text)
        }
    }

    @Test("several requests on one connection are answered in order, and the last may become a WebSocket")
    func keepAlive() throws {
        try Self.withFiles { server, _ throws in
            let socket = try TestSocket(port: server.port, timeout: .seconds(5))
            let deadline = ContinuousClock.now + .seconds(10)
            var buffer: [UInt8] = []
            for path in ["/index.html", "/client/session.js", "/nothing"] {
                try socket.write(Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8), until: deadline)
                let response = try HTTPExchange.readResponse(
                    from: socket, buffer: &buffer, hasBody: true, until: deadline)
                #expect(response.status == (path == "/nothing" ? 404 : 200))
                #expect(response["connection"] == nil)
            }
            let upgrade = """
                GET /v1/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r
                Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
                """
            try socket.write(Array(upgrade.utf8), until: deadline)
            let response = try HTTPExchange.readResponse(from: socket, buffer: &buffer, hasBody: true, until: deadline)
            #expect(response.status == 101)
            try server.wait(for: "the WebSocket") { $0.server.connectionCount == 1 }
        }
    }

    @Test("every request is the core's to refuse, before anything of it is served")
    func refused() throws {
        let core = { @Sendable (core: FakeCore) in
            core.admission = { handshake in
                handshake.host?.hasPrefix("evil") == true
                    ? .refuse(status: 421, message: "Not a host of mine.") : .accept(subprotocol: nil)
            }
        }
        try Self.withFiles(core: core) { server, _ throws in
            let response = try HTTPExchange.get("/index.html", port: server.port, headers: [("Host", "evil.example")])
            #expect(response.status == 421)
            #expect(response.text == "Not a host of mine.\n")
            #expect(try HTTPExchange.get("/index.html", port: server.port).status == 200)
            let isUpgrade = try server.perform { $0.core.handshakes.map(\.isUpgrade) }
            #expect(isUpgrade == [false, false])
        }
    }

    @Test("the WebSocket's path without an upgrade says what it is")
    func upgradeRequired() throws {
        try Self.withFiles { server, _ throws in
            let response = try HTTPExchange.get("/v1/ws", port: server.port)
            #expect(response.status == 426)
            #expect(response["upgrade"] == "websocket")
        }
    }

    @Test("without a public folder everything but healthz is 404")
    func noFolder() throws {
        try TestServer.with { server throws in
            let statuses = try ["/", "/healthz"].map { try HTTPExchange.get($0, port: server.port).status }
            #expect(statuses == [404, 200])
        }
    }

    @Test("a client that connects and says nothing is closed after the handshake timeout")
    func silentClient() throws {
        try TestServer.with(options: { $0.handshakeTimeout = .seconds(1) }) { server throws in
            let socket = try TestSocket(port: server.port, timeout: .seconds(5))
            var received: [UInt8] = []
            #expect(try socket.read(into: &received, until: .now + .seconds(10)) == false)
        }
    }

    @Test("a client that sends its headers too slowly is closed after the handshake timeout")
    func slowHeaders() throws {
        try TestServer.with(options: { $0.handshakeTimeout = .seconds(1) }) { server throws in
            let socket = try TestSocket(port: server.port, timeout: .seconds(5))
            try socket.write(Array("GET / HTTP/1.1\r\nHost: ".utf8), until: .now + .seconds(5))
            var received: [UInt8] = []
            #expect(try socket.read(into: &received, until: .now + .seconds(10)) == false)
        }
    }
}
