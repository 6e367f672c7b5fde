import Foundation
import Testing

@testable import BridgeCore
@testable import tributary

@Suite("A configuration file that is bad")
struct BadConfigurationTests {
    /// The problems, with `t.yaml` for the file.
    static func problems(_ text: String, environment: [String: String] = [:]) throws -> [String] {
        let folder = try TemporaryFolder()
        let reader = ConfigurationReader(
            path: try folder.write("t.yaml", text), environment: SettingSource(environment: environment),
            models: .builtIn)
        let reading = reader.read()
        #expect((reading.configuration == nil) == reading.problems.contains { $0.severity == .error })
        return reading.problems.map {
            var problem = $0
            problem.file = "t.yaml"
            return problem.description
        }
    }

    /// One slip in one setting of an upstream named `a`, and what is said of it.
    struct Slip: Sendable, CustomTestStringConvertible {
        var setting: String
        var complaint: String
        init(_ setting: String, _ complaint: String) { (self.setting, self.complaint) = (setting, complaint) }
        var testDescription: String { setting }
    }

    @Test(
        "is told by line, column and setting",
        arguments: [
            Slip("prest: openai", "3:5: upstreams.a.prest: is not a setting here; did you mean preset?"),
            Slip(
                "dialect: openai",
                "3:14: upstreams.a.dialect: must be chat-completions, responses, anthropic, gemini or ollama."),
            Slip(
                "base_url: llm.example.com",
                "3:15: upstreams.a.base_url: must be an http or https URL, such as https://llm.example.com/v1."),
            Slip(
                "base_url: http://u:p@h/",
                "3:15: upstreams.a.base_url: a URL must not hold a password; say key: {env: NAME}."),
            Slip(
                "base_url: https://g.example.com/v1beta?key=AIza",
                "3:15: upstreams.a.base_url: a URL must have no parameter but api-version; a key belongs into key: {env: NAME}."
            ),
            Slip(
                "base_url: https://g.example.com/v1beta?api-version=1&AIza",
                "3:15: upstreams.a.base_url: a URL must have no parameter but api-version; a key belongs into key: {env: NAME}."
            ),
            Slip(
                "key_check_path: key", "3:21: upstreams.a.key_check_path: must be a path behind base_url, such as /key."
            ),
            Slip(
                "key_check_path: /../x",
                "3:21: upstreams.a.key_check_path: must be a path behind base_url, such as /key."),
            Slip(
                "key_check_path: /x?key=1",
                "3:21: upstreams.a.key_check_path: must be a path behind base_url, such as /key."),
            Slip(
                "preset: azure\n    key_check_path: /key",
                "4:5: upstreams.a.key_check_path: is not for preset: azure, whose list of models asks for a key."),
            Slip("max_concurrent:", "3:5: upstreams.a.max_concurrent: is empty."),
            Slip("keys: ~", "3:5: upstreams.a.keys: is empty."),
            Slip("key:", "3:5: upstreams.a.key: is empty."),
            Slip("params: {deny: }", "3:14: upstreams.a.params.deny: is empty."),
            Slip("api_version: 2024-10-21", "3:5: upstreams.a.api_version: is for preset: azure."),
            Slip("provider: [x]", "3:15: upstreams.a.provider: must be a text."),
            Slip("provider: \"a\\nb\"", "3:15: upstreams.a.provider: must be one line, without control characters."),
            Slip("key: abc", "3:10: upstreams.a.key: the key does not stand here: say {env: NAME} or {file: PATH}."),
            Slip(
                "key: {evn: X}",
                "3:10: upstreams.a.key: must be one of {env: NAME}, {file: PATH} and, where allow_inline_keys is true, {inline: KEY}."
            ),
            Slip(
                "key: {env: X, file: y}",
                "3:10: upstreams.a.key: must be one of {env: NAME}, {file: PATH} and, where allow_inline_keys is true, {inline: KEY}."
            ),
            Slip("key: {env: MISSING}", "3:16: upstreams.a.key.env: the environment variable MISSING is not set."),
            Slip(
                "key: {env: missing}",
                "3:16: upstreams.a.key.env: the environment variable that is named here is not set."),
            Slip("key: {env: A-B}", "3:16: upstreams.a.key.env: is not the name of an environment variable."),
            Slip(
                "key: {env: SPACED}",
                "3:16: upstreams.a.key.env: the environment variable SPACED holds no usable key: it is empty or too long, or has white space or control characters in it."
            ),
            Slip("key: {env: }", "3:16: upstreams.a.key.env: is empty."),
            Slip(
                "key: {file: nowhere}",
                "3:17: upstreams.a.key.file: the key's file cannot be read: No such file or directory."),
            Slip("key: {file: /}", "3:17: upstreams.a.key.file: the key's file is not a regular file."),
            Slip("key: {file: /dev/zero}", "3:17: upstreams.a.key.file: the key's file is not a regular file."),
            Slip(
                "key: {file: t.yaml}",
                "3:17: upstreams.a.key.file: the file holds no usable key: it is empty or too long, or has white space or control characters in it."
            ),
            Slip(
                "key: {inline: x}",
                "3:19: upstreams.a.key.inline: a key in the file needs allow_inline_keys: true at the top; better say {env: NAME} or {file: PATH}."
            ),
            Slip("keys: mine", "3:11: upstreams.a.keys: must be server, client or either."),
            Slip(
                "key_header: \"a b\"",
                "3:17: upstreams.a.key_header: is not the name of a header (RFC 9110 section 5.1)."),
            Slip("model: []", "3:12: upstreams.a.model: must be a text."),
            Slip("models: gpt-*", "3:13: upstreams.a.models: must be a list: [one, two]."),
            Slip("models: [{}]", "3:14: upstreams.a.models[0]: must be a text."),
            Slip("headers: [x]", "3:14: upstreams.a.headers: must be a mapping."),
            Slip(
                "headers: {AuthoriZation: x}",
                "3:15: upstreams.a.headers.AuthoriZation: keys do not belong into headers; say key: {env: NAME}, and key_header for a header of its own."
            ),
            Slip(
                "headers: {X: Bearer y}",
                "3:18: upstreams.a.headers.X: looks like a key; say key: {env: NAME}, and key_header for a header of its own."
            ),
            Slip(
                "headers: {X-Key: y}\n    key_header: x-key",
                "3:15: upstreams.a.headers.X-Key: is the key_header: the key goes there."),
            Slip("headers: {Content-Type: x}", "3:15: upstreams.a.headers.Content-Type: is set by the server."),
            Slip(
                "headers: {a b: x}",
                "3:15: upstreams.a.headers.a b: is not the name of a header (RFC 9110 section 5.1)."),
            Slip(
                "timeouts: {idle: 10}",
                "3:22: upstreams.a.timeouts.idle: must be a duration such as 500ms, 10s, 5m or 1h."),
            Slip("timeouts: {idle: 0}", "3:22: upstreams.a.timeouts.idle: must be from 1ms to 365d."),
            Slip("timeouts: {idle: 366d}", "3:22: upstreams.a.timeouts.idle: must be from 1ms to 365d."),
            Slip("timeouts: {idel: 10s}", "3:16: upstreams.a.timeouts.idel: is not a setting here; did you mean idle?"),
            Slip("timeouts: 10s", "3:15: upstreams.a.timeouts: must be a mapping of connect, first_byte, idle, total."),
            Slip("max_concurrent: 0", "3:21: upstreams.a.max_concurrent: must be a whole number from 1 to 1000000."),
            Slip("max_concurrent: 1.5", "3:21: upstreams.a.max_concurrent: must be a whole number from 1 to 1000000."),
            Slip(
                "max_concurrent: \" 5\"", "3:21: upstreams.a.max_concurrent: must be a whole number from 1 to 1000000."),
            Slip("retry: {attempts: 11}", "3:23: upstreams.a.retry.attempts: must be a whole number from 1 to 10."),
            Slip(
                "retry: {base: 20s}",
                "3:19: upstreams.a.retry.base: the first delay is longer than max_delay, the longest one."),
            Slip(
                "breaker: {failures: -1}", "3:25: upstreams.a.breaker.failures: must be a whole number from 0 to 1000."),
            Slip("fallbacks: b", "3:16: upstreams.a.fallbacks: must be a list: [one, two]."),
            Slip(
                "fallbacks: [ohter]",
                "3:17: upstreams.a.fallbacks[0]: is not an upstream of this file; did you mean other?"),
            Slip(
                "fallbacks: [{upstream: nobody}]",
                "3:28: upstreams.a.fallbacks[0].upstream: is not an upstream of this file."),
            Slip("fallbacks: [{model: x}]", "3:17: upstreams.a.fallbacks[0]: says no upstream."),
            Slip("fallbacks: [a]", "3:17: upstreams.a.fallbacks[0]: falls back to itself."),
            Slip(
                "abort: stop",
                "3:12: upstreams.a.abort: must be close, drain or {drain: {max_tokens: 2000, time: 10s}}."),
            Slip(
                "abort: {drain: {time: x}}",
                "3:27: upstreams.a.abort.drain.time: must be a duration such as 500ms, 10s, 5m or 1h."),
            Slip("params: {allow: x}", "3:21: upstreams.a.params.allow: must be a list: [one, two]."),
            Slip("params: {defaults: [x]}", "3:24: upstreams.a.params.defaults: must be a mapping."),
            Slip(
                "params: {defaults: {stream: true}}",
                "3:25: upstreams.a.params.defaults.stream: is not a parameter: the server says it in every request."),
            Slip(
                "params: {defaults: {seed: 1}}\n    dialect: anthropic",
                "3:31: upstreams.a.params.defaults.seed: cannot be sent: this upstream's dialect, anthropic, has nothing like it."
            ),
            Slip(
                "params: {lenient: true, defaults: {seed: 1}}\n    dialect: anthropic",
                "3:46: warning: upstreams.a.params.defaults.seed: is left out of every chat: the dialect cannot say it."
            ),
            Slip(
                "params: {defaults: {max_completion_tokens: many}}\n    dialect: anthropic",
                "3:24: upstreams.a.params.defaults: params.max_tokens must be a number."),
            Slip(
                "params: {allow: [temprature]}",
                "3:22: warning: upstreams.a.params.allow[0]: is not a parameter that is known here; did you mean temperature?"
            ),
            Slip(
                "params: {deny: [sede]}",
                "3:21: warning: upstreams.a.params.deny[0]: is not a parameter that is known here; did you mean seed?"),
            Slip(
                "params: {deny: [something]}",
                "3:21: warning: upstreams.a.params.deny[0]: is not a parameter that is known here."),
            Slip(
                "params: {caps: {max_token: 5}}",
                "3:32: warning: upstreams.a.params.caps.max_token: is not a parameter that is known here; did you mean max_tokens?"
            ),
            Slip("params: {caps: {n: many}}", "3:24: upstreams.a.params.caps.n: must be a number."),
            Slip("params: {lenient: yes}", "3:23: upstreams.a.params.lenient: must be true or false."),
            Slip("extra: 1", "3:12: upstreams.a.extra: must be true or false."),
            Slip("proxy: h:1", "3:12: upstreams.a.proxy: must be none, or a URL such as http://127.0.0.1:3128."),
            Slip(
                "proxy: http://u:p@h",
                "3:12: upstreams.a.proxy: a proxy's password does not belong into the file; set https_proxy in the environment instead."
            ),
            Slip("ca_file: nowhere", "3:14: upstreams.a.ca_file: the file cannot be read: No such file or directory."),
            Slip("ca_file: t.yaml", "3:14: upstreams.a.ca_file: the file has no PEM certificate in it."),
            Slip("http: 3", "3:11: upstreams.a.http: must be auto, 1.1 or 2."),
        ])
    func slip(_ slip: Slip) throws {
        // A base URL, but for the slips that are in one.
        let rest = slip.setting.hasPrefix("base_url") ? "" : "\n    base_url: http://127.0.0.1:1/v1"
        let text = "upstreams:\n  a:\n    \(slip.setting)\(rest)\n  other: {preset: ollama}\n"
        #expect(try Self.problems(text, environment: ["SPACED": "a b"]) == ["t.yaml:\(slip.complaint)"])
    }

    @Test(
        "is told where it is the file as a whole",
        arguments: [
            ("", "1:1: the file is empty."),
            ("# nothing\n", "1:1: the file is empty."),
            ("x", "1:1: must be a mapping of default, upstreams, models, allow_inline_keys."),
            ("default: x", "1:1: the file has no upstreams."),
            ("upstreams:", "1:1: upstreams: is empty."),
            ("upstreams: {}", "1:12: upstreams: has no upstream."),
            ("upstreams: [openai]", "1:12: upstreams: must be a mapping."),
            ("upstream: {}", "1:1: upstream: is not a setting here; did you mean upstreams?"),
            (
                "upstreams: {openai: }\ndefault: opena",
                "2:10: default: is not an upstream of this file; did you mean openai?"
            ),
            (
                "upstreams: {a b: {preset: openai}}",
                "1:13: upstreams.a b: the name of an upstream has 1 to 64 of A-Z a-z 0-9 . _ : -"
            ),
            ("upstreams: {a: {}}", "1:13: upstreams.a: needs preset or base_url."),
            ("upstreams: {azure: }", "1:13: upstreams.azure: needs base_url, such as https://NAME.openai.azure.com."),
            (
                "upstreams: {openai: {keys: server}}",
                "1:13: upstreams.openai: has no key: OPENAI_API_KEY is not set, and keys: server lets nobody bring one."
            ),
            (
                "upstreams: {openai: {keys: client, key: {env: X}}}",
                "1:36: upstreams.openai.key: with keys: client the server has no key of its own."
            ),
            ("upstreams: {a: {preset: opanai}}", "1:25: upstreams.a.preset: is not a preset; did you mean openai?"),
            ("upstreams: {openai: {}, openai: {}}", "1:13: this name is there twice."),
            ("upstreams: {openai: \n", "2:1: is not YAML: did not find expected node content."),
            ("upstreams:\n\topenai: {}\n", "2:1: is not YAML: found character that cannot start any token."),
            ("upstreams: {openai: *x}", "1:21: is not YAML: found undefined alias."),
            ("upstreams: {openai: }\n---\nx: 1", "2:1: is not YAML: but found another document."),
            ("upstreams: {openai: }\nmodels: {a*b: {}}", "2:10: models.a*b: a pattern has its * at the end."),
            (
                "upstreams: {openai: }\nmodels: {a: {tokens: many}}",
                "2:22: models.a.tokens: must be o200k, cl100k, a multiple such as o200k*1.05, or how many bytes make a token, such as 4.2."
            ),
            (
                "upstreams: {openai: }\nmodels: {a: {window: 1}}",
                "2:14: models.a.window: is not a setting here; it knows context_tokens, max_output_tokens, tokens, input, output, adaptive_thinking."
            ),
        ])
    func whole(text: String, complaint: String) throws {
        let found = try Self.problems(text)
        #expect(found.first == "t.yaml:\(complaint)")
    }

    @Test("is told whole: every problem, in the order of the file")
    func all() throws {
        let text = "default: x\nupstreams:\n  a: {http: 3, extra: 1}\n  openai: {keys: x}\nmodel: {}\n"
        #expect(
            try Self.problems(text) == [
                "t.yaml:1:10: default: is not an upstream of this file; did you mean a?",
                "t.yaml:3:3: upstreams.a: needs preset or base_url.",
                "t.yaml:3:13: upstreams.a.http: must be auto, 1.1 or 2.",
                "t.yaml:3:23: upstreams.a.extra: must be true or false.",
                "t.yaml:4:18: upstreams.openai.keys: must be server, client or either.",
                "t.yaml:5:1: model: is not a setting here; did you mean models?",
            ])
    }

    @Test("is told of fallbacks that no request ever reaches: those that want its own key, and those beyond the last")
    func fallbacks() throws {
        let names = (1...9).map { "f\($0)" }
        let lines = names.map { "  \($0): {preset: ollama}\n" }.joined()
        let text = """
            upstreams:
              a: {preset: ollama, keys: client, fallbacks: [b, {upstream: a, model: x}]}
              b: {preset: ollama, keys: client, fallbacks: [\(names.joined(separator: ", "))]}
            \(lines)
            """
        let warning = "it has keys: client, and a request's own key goes to no fallback."
        #expect(
            try Self.problems(text) == [
                "t.yaml:2:49: warning: upstreams.a.fallbacks[0]: is never asked: \(warning)",
                "t.yaml:3:77: warning: upstreams.b.fallbacks[7]: is one too many: a request goes to 7 fallbacks at most.",
            ])
        #expect(FallbackReader.most + 1 == RequestPlan.maxSteps)
    }

    @Test("may have parameters in its rules that only one dialect, or one provider, knows")
    func nativeParameters() throws {
        let names = "[min_p, thinking, safety_settings, generation_config, reasoning.effort, provider, house_style]"
        #expect(try Self.problems("upstreams: {ollama: {params: {allow: \(names)}}}") == [])
    }

    @Test("may not be there, or be something else than a text")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        func complaint(_ path: String) -> [String] {
            ConfigurationReader(path: path, environment: SettingSource(environment: [:]), models: .builtIn).read()
                .problems.map(\.description)
        }
        #expect(complaint("/nowhere.yaml") == ["/nowhere.yaml: the file cannot be read: No such file or directory."])
        #expect(complaint(folder.path) == ["\(folder.path): the file is not a regular file."])
        let long = try folder.write("long", String(repeating: "# 4567\n", count: 200_000))
        #expect(complaint(long) == ["\(long): the file is longer than 1048576 bytes."])
        try Data([0x61, 0xFF]).write(to: URL(fileURLWithPath: long))
        #expect(complaint(long) == ["\(long): the file is not UTF-8 text."])
    }
}
