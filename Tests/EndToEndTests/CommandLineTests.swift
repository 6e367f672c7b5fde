import BridgeCore
import Testing

@testable import tributary

@Suite("Sizes and times as people write them")
struct SettingTextTests {
    @Test(
        "a duration is a whole number and a unit",
        arguments: [
            ("0", 0), ("500ms", 500), ("10s", 10_000), ("5m", 300_000), ("1h", 3_600_000), ("2d", 172_800_000),
        ] as [(String, UInt64)])
    func duration(text: String, milliseconds: UInt64) {
        #expect(DurationArgument(text)?.milliseconds == milliseconds)
        #expect(DurationArgument(milliseconds: milliseconds).description == text)
    }

    @Test(
        "what is no duration is refused",
        arguments: [
            "", "10", "s", "-1s", "+1s", "1.5s", "10 s", "10S", "10sec", "99999999999999999999s", "213503982334602d",
        ])
    func noDuration(text: String) {
        #expect(DurationArgument(text) == nil)
    }

    @Test(
        "a size is a whole number, of bytes or with a binary unit",
        arguments: [
            ("0", 0), ("1000", 1000), ("64KiB", 65_536), ("8MiB", 8_388_608), ("1GiB", 1_073_741_824),
            ("3TiB", 3 << 40),
        ] as [(String, UInt64)])
    func size(text: String, bytes: UInt64) {
        #expect(ByteSizeArgument(text)?.bytes == bytes)
        #expect(ByteSizeArgument(bytes: bytes).description == text)
    }

    @Test(
        "what is no size, or could mean two, is refused",
        arguments: ["", "KiB", "-1", "1kB", "1KB", "1MB", "1.5MiB", "1 MiB", "0x10", "16777216TiB", "١"])
    func noSize(text: String) {
        #expect(ByteSizeArgument(text) == nil)
    }
}

@Suite("The limit table")
struct LimitTableTests {
    static let settings = AmountLimits.settings + TimeLimits.settings

    @Test("every limit has a row, under its property's name")
    func complete() {
        let properties = Mirror(reflecting: Limits()).children.compactMap(\.label)
        #expect(Set(Self.settings.map(\.name)) == Set(properties.map(Self.flag)))
        #expect(Self.settings.count == properties.count)
    }

    @Test("a row reads and writes one limit, its own", arguments: settings.map(\.name))
    func ownLimit(name: String) throws {
        let setting = try #require(Self.settings.first { $0.name == name })
        var limits = Limits()
        let given = GivenSetting(origin: "--\(name)", text: setting.text(in: limits))
        try setting.set(given, in: &limits)
        #expect(limits == Limits(), "the default, written out, is the default")

        let text =
            switch setting.target {
            case .bytes: "12345"
            case .count: "17"
            case .milliseconds: "1234ms"
            }
        try setting.set(GivenSetting(origin: "--\(name)", text: text), in: &limits)
        #expect(setting.text(in: limits) == text)
        let changed = zip(Mirror(reflecting: limits).children, Mirror(reflecting: Limits()).children)
            .filter { "\($0.0.value)" != "\($0.1.value)" }
            .compactMap { $0.0.label }
        #expect(changed.map(Self.flag) == [name])
    }

    @Test("every limit can be given by flag, by environment, and the flag wins", arguments: settings.map(\.name))
    func sources(name: String) throws {
        let setting = try #require(Self.settings.first { $0.name == name })
        let (one, other) =
            switch setting.target {
            case .bytes: ("4KiB", "8KiB")
            case .count: ("41", "42")
            case .milliseconds: ("30s", "31s")
            }
        // The peer timeout has to stay above the ping interval.
        let rest = name == "ping-interval" ? ["--peer-timeout", "1h"] : []
        let environment = [SettingSource.variable(name): one]
        let byVariable = try ServeConfiguration(arguments: rest, environment: environment)
        #expect(setting.text(in: byVariable.limits) == one)
        let byFlag = try ServeConfiguration(arguments: ["--\(name)", other] + rest, environment: environment)
        #expect(setting.text(in: byFlag.limits) == other)
    }

    @Test("the help names every limit, with its default")
    func help() throws {
        let help = try BuiltProgram.run(["serve", "--help"])
        #expect(help.status == 0)
        let words = help.output.split { $0.isWhitespace }.joined(separator: " ")
        for setting in Self.settings {
            #expect(words.contains("--\(setting.name) <"))
            #expect(words.contains("\(setting.help) (default: \(setting.text(in: Limits())))"))
        }
    }

    /// `maxMessageBytes` → `max-message-bytes`, `sessionTTL` → `session-ttl`.
    private static func flag(_ property: String) -> String {
        var flag = ""
        for character in property.replacing("TTL", with: "Ttl") {
            flag += character.isUppercase ? "-\(character.lowercased())" : "\(character)"
        }
        return flag
    }
}

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

@Suite("Which upstream, with which key")
struct UpstreamChoiceTests {
    /// `url key`, `url -` without a key, or `demo`.
    private static func choice(_ arguments: [String], _ environment: [String: String]) throws -> String {
        switch try ServeConfiguration(arguments: arguments, environment: environment).upstream {
        case .demo: "demo"
        case .endpoint(let url, let key): "\(url) \(key?.withSecret { $0 } ?? "-")"
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var choice: String
        var testDescription: String { "\(arguments) \(environment.keys.sorted()) → \(choice)" }
    }

    @Test(
        "flags, variables and defaults are combined in this way",
        arguments: [
            Case(choice: "demo"),
            Case(arguments: ["--upstream-url", "http://127.0.0.1:11434/v1/"], choice: "http://127.0.0.1:11434/v1 -"),
            Case(environment: ["OPENAI_API_KEY": "sk-1"], choice: "https://api.openai.com/v1 sk-1"),
            Case(environment: ["OPENAI_BASE_URL": "http://a.example/v1"], choice: "http://a.example/v1 -"),
            Case(
                environment: ["OPENAI_BASE_URL": "http://a.example/v1", "OPENAI_API_KEY": "sk-1"],
                choice: "http://a.example/v1 sk-1"),
            Case(
                arguments: ["--upstream-url", "http://b.example"],
                environment: ["OPENAI_BASE_URL": "http://a.example/v1", "OPENAI_API_KEY": "sk-1"],
                choice: "http://b.example -"),
            Case(
                arguments: ["--upstream-url", "http://b.example", "--api-key-env", "OPENAI_API_KEY"],
                environment: ["OPENAI_API_KEY": "sk-1"], choice: "http://b.example sk-1"),
            Case(
                arguments: ["--api-key-env", "B_KEY"], environment: ["OPENAI_API_KEY": "sk-1", "B_KEY": "sk-2"],
                choice: "https://api.openai.com/v1 sk-2"),
            Case(
                environment: ["TRIBUTARY_UPSTREAM_URL": "http://c.example", "TRIBUTARY_API_KEY_ENV": "C", "C": "sk-3"],
                choice: "http://c.example sk-3"),
            Case(environment: ["OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""], choice: "demo"),
        ])
    func combine(_ example: Case) throws {
        #expect(try Self.choice(example.arguments, example.environment) == example.choice)
    }

    @Test("a key that is there but not sent is remarked upon")
    func notSent() throws {
        let configuration = try ServeConfiguration(
            arguments: ["--upstream-url", "http://b.example"], environment: ["OPENAI_API_KEY": "sk-1"])
        #expect(configuration.remarks.count == 1)
        #expect(configuration.remarks[0].contains("not sent"))
    }

    @Test(
        "what is no base URL is refused",
        arguments: [
            "b.example", "ftp://b.example", "http://", "http://b.example/v1?x=1", "http://b.example/#x", "http:b",
        ])
    func noURL(text: String) {
        #expect(throws: SettingError.self) { try Self.choice(["--upstream-url", text], [:]) }
    }

    @Test("no message repeats a secret, nor does a printed configuration")
    func secrets() throws {
        var messages: [String] = []
        for (arguments, environment) in [
            ([], ["OPENAI_API_KEY": "se cret\n"]),
            (["--api-key-env", "MISSING"], ["OPENAI_API_KEY": "secret"]),
            (["--upstream-url", "http://user:secret@b.example"], [:]),
        ] as [([String], [String: String])] {
            do {
                _ = try Self.choice(arguments, environment)
                Issue.record("\(arguments) was accepted")
            } catch {
                messages.append("\(error)")
            }
        }
        let configuration = try ServeConfiguration(arguments: [], environment: ["OPENAI_API_KEY": "secret"])
        messages.append("\(configuration)")
        var dumped = ""
        dump(configuration, to: &dumped)
        messages.append(dumped)
        for message in messages { #expect(!message.contains("secret") && !message.contains("se cret")) }
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
