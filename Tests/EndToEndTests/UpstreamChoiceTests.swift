import BridgeCore
import ChatProtocol
import Testing

@testable import tributary

@Suite("Which upstream, with which key")
struct UpstreamChoiceTests {
    /// `url key`, `url -` without a key, or `demo`.
    private static func choice(_ arguments: [String], _ environment: [String: String]) throws -> String {
        switch try ServeConfiguration(arguments: arguments, environment: environment).upstream {
        case .demo: "demo"
        case .endpoint(let url, let key): "\(url) \(key?.withSecret { $0 } ?? "-")"
        case .file(_, let reader): "file \(reader.path)"
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
            (["--upstream-url", "http://b.example/v1beta?key=secret"], [:]),
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

    @Test("a file is named by a flag or a variable, and a flag wins over the environment")
    func file() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("t.yaml", "upstreams: {openai: }")
        #expect(try Self.choice(["--config", path], [:]) == "file \(path)")
        #expect(
            try Self.choice([], ["TRIBUTARY_CONFIG": path, "OPENAI_BASE_URL": "http://a.example"]) == "file \(path)")
        #expect(try Self.choice(["--config", path], ["TRIBUTARY_UPSTREAM_URL": "http://a.example"]) == "file \(path)")
        #expect(
            try Self.choice(["--upstream-url", "http://a.example"], ["TRIBUTARY_CONFIG": path]) == "http://a.example -")
    }

    @Test(
        "a file and a flag that says what the file says itself do not go together",
        arguments: [
            (["--upstream-url", "http://a.example"], "a file names its upstreams itself."),
            (["--api-key-env", "KEY"], "a file says its keys itself: key: {env: NAME}."),
            (["--model", "m"], "a file says its models itself: model: NAME."),
        ])
    func contradiction(flags: [String], reason: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("t.yaml", "upstreams: {openai: }")
        #expect(throws: SettingError("--config and \(flags[0]) do not go together: \(reason)")) {
            try Self.choice(["--config", path] + flags, [:])
        }
        let variable = SettingSource.variable(String(flags[0].dropFirst(2)))
        #expect(throws: SettingError("TRIBUTARY_CONFIG and \(variable) do not go together: \(reason)")) {
            try Self.choice([], ["TRIBUTARY_CONFIG": path, variable: flags[1]])
        }
    }
}
