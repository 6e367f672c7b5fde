import BridgeCore
import Testing

@testable import tributary

@Suite("What the server is told")
struct ServeConfigurationTests {
    private static func configuration(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> ServeConfiguration {
        try ServeConfiguration(arguments: arguments, environment: environment)
    }

    /// The message of the error that a command line makes.
    private static func complaint(_ arguments: String..., environment: [String: String] = [:]) -> String? {
        do {
            _ = try ServeConfiguration(arguments: arguments, environment: environment)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("without a word it serves the demo on a loopback address")
    func defaults() throws {
        let configuration = try Self.configuration()
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8080)
        #expect(configuration.defaultModel == "demo")
        #expect(configuration.limits == Limits())
        #expect(
            configuration.allowedOrigins.isEmpty && configuration.allowedHosts.isEmpty && configuration.remarks.isEmpty)
        guard case .demo = configuration.upstream else {
            Issue.record("the upstream is \(configuration.upstream)")
            return
        }
    }

    @Test(
        "an address that others can reach needs --insecure",
        arguments: ["0.0.0.0", "::", "192.168.1.2", "[2001:db8::1]"])
    func publicAddress(host: String) throws {
        #expect(try #require(Self.complaint("--host", host)).contains("--insecure"))
        #expect(Self.complaint(environment: ["TRIBUTARY_HOST": host])?.contains("--insecure") == true)
        #expect(try !Self.configuration("--host", host, "--insecure").host.contains("["))
        _ = try Self.configuration("--host", host, environment: ["TRIBUTARY_INSECURE": "true"])
        #expect(Self.complaint("--host", host, environment: ["TRIBUTARY_INSECURE": "no"]) != nil)
    }

    @Test(
        "a loopback address does not",
        arguments: ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "::ffff:127.0.0.1", "localhost"])
    func loopback(host: String) throws {
        let configuration = try Self.configuration("--host", host)
        #expect(BindAddress.isLoopback(configuration.host))
    }

    @Test("an address is an address", arguments: ["example.com", "127.0.0.1:8080", "127.0.0.256", "[127.0.0.1", ""])
    func noAddress(host: String) throws {
        #expect(try #require(Self.complaint("--host", host)).contains("is not an IP address"))
    }

    @Test("a wrong value is blamed on where it stood")
    func blame() {
        #expect(Self.complaint("--port", "65536") == "--port: “65536” is not a port from 0 to 65535.")
        #expect(
            Self.complaint(environment: ["TRIBUTARY_PING_INTERVAL": "25"])
                == "TRIBUTARY_PING_INTERVAL: “25” is not \(DurationArgument.expected).")
        #expect(Self.complaint("--tail-bytes", "2GiB") == "--tail-bytes: “2GiB” is not within its range: 1KiB to 1GiB.")
        #expect(
            Self.complaint("--transcript-bytes", "1MiB")
                == "--transcript-bytes: “1MiB” is not within its range: 4MiB to 1GiB.")
        #expect(Self.complaint("--max-requests", "0")?.hasPrefix("--max-requests: “0” is not within") == true)
        #expect(Self.complaint("--log-level", "loud")?.hasPrefix("--log-level: “loud” is not a log level") == true)
        #expect(Self.complaint(environment: ["TRIBUTARY_INSECURE": "perhaps"])?.hasPrefix("TRIBUTARY_INSECURE") == true)
        #expect(Self.complaint("--public", "/nowhere/at/all") == "--public: “/nowhere/at/all” is not a folder.")
    }

    @Test("a flag that is right hides a variable that is wrong, and an empty variable is no variable")
    func precedence() throws {
        let wrong = ["TRIBUTARY_PORT": "x", "TRIBUTARY_MODEL": ""]
        let configuration = try Self.configuration("--port", "0", environment: wrong)
        #expect(configuration.port == 0)
        #expect(configuration.defaultModel == "demo")
    }

    @Test("clients get more time than a ping takes")
    func pings() {
        #expect(
            Self.complaint("--ping-interval", "60s")?.contains("must be longer than the ping interval (1m)") == true)
        #expect(Self.complaint("--peer-timeout", "25s") != nil)
        #expect(Self.complaint("--peer-timeout", "26s") == nil)
    }

    @Test("a variable that looks like a setting but is none is remarked upon")
    func misspelt() throws {
        let configuration = try Self.configuration(environment: ["TRIBUTARY_SESION_TTL": "1h", "TRIBUTARY_PORT": "1"])
        #expect(configuration.remarks == ["TRIBUTARY_SESION_TTL is not a setting and was ignored"])
    }

    @Test("origins are compared as browsers send them, hosts without case")
    func names() throws {
        let configuration = try Self.configuration(
            "--allow-origin", "HTTPS://Chat.Example.com:443", "--allow-origin", "http://localhost:5173",
            "--allow-host", "Chat.Example.com",
            environment: ["TRIBUTARY_ALLOW_ORIGIN": "https://not.this.one"])
        #expect(configuration.allowedOrigins == ["https://chat.example.com", "http://localhost:5173"])
        #expect(configuration.allowedHosts == ["chat.example.com"])
        let listed = try Self.configuration(environment: ["TRIBUTARY_ALLOW_HOST": "a.example, b.example"])
        #expect(listed.allowedHosts == ["a.example", "b.example"])
    }

    @Test(
        "what is no origin is refused",
        arguments: [
            "*", "null", "chat.example.com", "https://a.example/", "https://a.example/x", "ftp://a.example", "https://",
        ])
    func noOrigin(text: String) {
        #expect(Self.complaint("--allow-origin", text)?.contains("is not an origin") == true)
    }

    @Test("what is no host name is refused", arguments: ["https://a.example", "a.example:80", "*.example", "a/b"])
    func noHost(text: String) {
        #expect(Self.complaint("--allow-host", text)?.contains("is not a host name") == true)
    }
}

@Suite("The program itself")
struct ProgramTests {
    @Test("a setting that cannot be used ends it with one line and a usage status")
    func wrongVariable() throws {
        let outcome = try BuiltProgram.run(["serve"], environment: ["TRIBUTARY_TAIL_AGE": "old"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("Error: TRIBUTARY_TAIL_AGE: “old” is not a duration"))
        #expect(outcome.output.isEmpty)
    }

    @Test("a key is never a flag")
    func noKeyFlag() throws {
        let outcome = try BuiltProgram.run(["serve", "--api-key", "sk-1"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("Unknown option '--api-key'"))
    }

    @Test("it says its version")
    func version() throws {
        let outcome = try BuiltProgram.run(["--version"])
        #expect(outcome.output == "\(Tributary.version)\n")
    }
}
