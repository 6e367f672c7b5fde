import BridgeCore
import Testing

@Suite("Access policy")
struct AccessPolicyTests {
    private static let local = AccessPolicy(boundHost: "127.0.0.1")

    @Test(
        "a server on loopback answers to loopback's names, and to no name that merely resolves to it",
        arguments: [
            ("localhost", true), ("localhost:8080", true), ("LOCALHOST:80", true), ("127.0.0.1", true),
            ("127.0.0.1:8080", true), ("[::1]", true), ("[::1]:8080", true), (nil, false), ("", false), (":80", false),
            ("evil.example", false), ("evil.example:8080", false), ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false), ("192.168.0.5:8080", false), ("[fe80::1]:8080", false),
            ("user@localhost", false),
        ] as [(String?, Bool)])
    func hosts(_ host: String?, _ isServed: Bool) {
        #expect(Self.local.serves(host: host) == isServed)
    }

    @Test("a server on every address answers to addresses, to its own names, and not to others")
    func everyAddress() {
        let policy = AccessPolicy(boundHost: "0.0.0.0", hosts: ["Chat.Example.org"])
        for host in ["192.168.0.5:8080", "[fe80::1]:80", "localhost", "chat.example.org", "CHAT.example.org:443"] {
            #expect(policy.serves(host: host), "\(host)")
        }
        for host in ["evil.example", "1.2.3", "1.2.3.4.5", "256.1.1.1", "chat.example.org.evil.example"] {
            #expect(!policy.serves(host: host), "\(host)")
        }
        #expect(AccessPolicy(boundHost: "::").serves(host: "[2001:db8::1]:80"))
        #expect(AccessPolicy(boundHost: "::1").serves(host: "[::1]:80"))
        #expect(!AccessPolicy(boundHost: "::1").serves(host: "10.0.0.1"))
    }

    @Test(
        "a page may connect to the host it came from, port and all",
        arguments: [
            ("http://localhost:8080", "localhost:8080", true), ("https://localhost:8080", "localhost:8080", true),
            ("http://localhost", "localhost:80", true), ("https://chat.example", "chat.example:443", true),
            ("https://chat.example", "chat.example", true), ("http://LOCALHOST:8080", "localhost:8080", true),
            ("http://[::1]:8080", "[::1]:8080", true), (nil, "localhost:8080", true),
            ("http://localhost:3000", "localhost:8080", false), ("http://localhost", "localhost:8080", false),
            ("http://127.0.0.1:8080", "localhost:8080", false), ("http://evil.example", "localhost:8080", false),
            ("null", "localhost:8080", false), ("", "localhost:8080", false), ("null", "null", false),
            ("file://", "localhost", false), ("http://localhost:8080", nil, false),
            ("http://localhost:8080.evil.example", "localhost:8080", false),
            ("chrome-extension://abc", "localhost:8080", false),
        ] as [(String?, String?, Bool)])
    func origins(_ origin: String?, _ host: String?, _ isAllowed: Bool) {
        #expect(Self.local.allows(origin: origin, host: host) == isAllowed)
    }

    @Test("the allow list lets in what it names, however it is written; a star lets in nobody")
    func allowList() {
        let policy = AccessPolicy(
            boundHost: "127.0.0.1", origins: ["https://Chat.example.org/", "http://a.example:80", "null"])
        for origin in ["https://chat.example.org", "https://chat.example.org:443", "http://a.example", "null"] {
            #expect(policy.allows(origin: origin, host: "localhost:8080"), "\(origin)")
        }
        for origin in ["http://chat.example.org", "https://chat.example.org:8443", "https://example.org"] {
            #expect(!policy.allows(origin: origin, host: "localhost:8080"), "\(origin)")
        }
        let star = AccessPolicy(boundHost: "127.0.0.1", origins: ["*"])
        #expect(!star.allows(origin: "http://x.example", host: "localhost:8080"))
    }
}
