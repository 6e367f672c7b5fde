import BridgeCore
import ChatProtocol
import Foundation
import Providers
import Testing
import Tokenizer

@testable import tributary

/// What a text means as a configuration file.
private func reading(
    _ text: String, environment: [String: String] = [:], in folder: TemporaryFolder? = nil
) throws -> ConfigurationReader.Reading {
    let folder = try folder ?? TemporaryFolder()
    let reader = ConfigurationReader(
        path: try folder.write("t.yaml", text), environment: SettingSource(environment: environment), models: .builtIn)
    return reader.read()
}

/// Its problems, with nothing but the file's name of its path.
private func problems(
    _ text: String, environment: [String: String] = [:], in folder: TemporaryFolder? = nil
) throws -> [String] {
    try reading(text, environment: environment, in: folder).problems.map {
        var problem = $0
        problem.file = "t.yaml"
        return problem.description
    }
}

@Suite("A configuration file that is good")
struct GoodConfigurationTests {
    @Test("says everything about an upstream that there is to say")
    func everything() throws {
        let folder = try TemporaryFolder()
        try folder.write("ca.pem", "-----BEGIN CERTIFICATE-----\n")
        let text = """
            default: second
            upstreams:
              first: {preset: openai}
              second:
                base_url: https://llm.example.com/v1/
                dialect: chat-completions
                provider: example
                key: {env: SECOND_KEY}
                keys: server
                key_header: X-Key
                model: big
                models: [big, small-*]
                headers: {OpenAI-Organization: org-1}
                timeouts: {connect: 1s, first_byte: 2s, idle: 3s, total: 4m}
                max_concurrent: 20
                retry: {attempts: 4, base: 100ms, max_delay: 5s, max_elapsed: 30s}
                breaker: {failures: 7, open_for: 20s}
                fallbacks: [first, {upstream: second, model: small-1}]
                abort: {drain: {max_tokens: 500, time: 5s}}
                params:
                  allow: [temperature, max_tokens]
                  deny: [seed]
                  defaults: {temperature: 0.7, stop: ["1", end], x: {y: null, z: [true, 1e3, 01]}}
                  caps: {max_tokens: 4096}
                  lenient: true
                  ask_for_usage: false
                extra: true
                inline_thinking: true
                proxy: http://127.0.0.1:3128
                ca_file: ca.pem
                http: 1.1
            """
        let read = try reading(text, environment: ["SECOND_KEY": "sk-2"], in: folder)
        #expect(read.problems.isEmpty)
        let configuration = try #require(read.configuration)
        let catalogue = configuration.catalogue
        #expect(catalogue.targets.map(\.name) == ["first", "second"] && catalogue.defaultTarget.name == "second")
        let target = catalogue.defaultTarget
        #expect(target.endpoint.chatURL(model: nil) == "https://llm.example.com/v1/chat/completions")
        #expect(target.provider == "example" && target.dialect == .chatCompletions)
        #expect(target.key?.withSecret { $0 } == "sk-2" && target.keyPolicy == .server)
        #expect(target.keyPlacement == .header("X-Key"))
        #expect(target.defaultModel == "big" && target.models == ["big", "small-*"])
        #expect(target.headers.map(\.name) == ["OpenAI-Organization"] && target.headers.map(\.value) == ["org-1"])
        #expect(target.timeouts == .init(connect: 1_000, firstByte: 2_000, idle: 3_000, total: 240_000))
        #expect(target.maxConcurrent == 20)
        #expect(target.retry == .init(maxAttempts: 4, baseDelay: 100, maxDelay: 5_000, maxElapsed: 30_000))
        #expect(target.breaker == .init(failures: 7, openFor: 20_000))
        #expect(target.fallbacks == [.init(upstream: "first"), .init(upstream: "second", model: "small-1")])
        #expect(target.abortPolicy == .drain(maxTokens: 500, milliseconds: 5_000))
        #expect(target.rules.allow == ["temperature", "max_tokens"] && target.rules.deny == ["seed"])
        #expect(
            target.rules.defaults.map { String(decoding: $0, as: UTF8.self) }
                == #"{"temperature":0.7,"stop":["1","end"],"x":{"y":null,"z":[true,1e3,"01"]}}"#)
        #expect(target.rules.caps == ["max_tokens": 4096] && target.rules.lenient && !target.rules.asksForUsage)
        #expect(target.decoding.keepsExtra && target.decoding.readsInlineThinking)
        #expect(
            target.route
                == TransferRoute(proxy: "http://127.0.0.1:3128", caFile: "\(folder.path)/ca.pem", httpVersion: .http1))
    }

    @Test("means the same with its values in quotes, where it knows what they must be", arguments: ["'", "\""])
    func quoted(quote: String) throws {
        // With the quotes where the bars are.
        func target(_ quote: String) throws -> UpstreamTarget {
            let text = """
                allow_inline_keys: |false|
                upstreams:
                  mine:
                    preset: |ollama|
                    keys: |either|
                    timeouts: {connect: |500ms|, idle: |3s|}
                    max_concurrent: |20|
                    retry: {attempts: |4|, base: |100ms|}
                    breaker: {failures: |7|, open_for: |20s|}
                    params: {caps: {max_tokens: |4096|, temperature: |1.5|}, lenient: |true|}
                    extra: |true|
                    http: |1.1|
                models: {big: {context_tokens: |8192|}}
                """
            let read = try reading(text.replacing("|", with: quote))
            #expect(read.problems.isEmpty, "\(read.problems)")
            return try #require(read.configuration).catalogue.defaultTarget
        }
        let (one, other) = (try target(quote), try target(""))
        #expect(one.timeouts == .init(connect: 500, idle: 3_000) && one.timeouts == other.timeouts)
        #expect(one.maxConcurrent == 20 && one.maxConcurrent == other.maxConcurrent)
        #expect(one.retry.maxAttempts == 4 && one.retry == other.retry)
        #expect(one.breaker == .init(failures: 7, openFor: 20_000) && one.breaker == other.breaker)
        #expect(one.rules.caps == ["max_tokens": 4096, "temperature": 1.5] && one.rules.lenient)
        #expect(one.rules.caps == other.rules.caps && other.rules.lenient)
        #expect(one.decoding.keepsExtra && other.decoding.keepsExtra)
        #expect(one.route == other.route && one.keyPolicy == other.keyPolicy)
    }

    @Test("need not say more than a preset's name")
    func shortest() throws {
        let configuration = try #require(try reading("upstreams: {groq: , mine: {preset: ollama}}").configuration)
        let targets = configuration.catalogue.targets
        #expect(targets.map(\.provider) == ["groq", "ollama"])
        #expect(configuration.catalogue.defaultTarget.name == "groq")
        #expect(targets[0].endpoint.chatURL(model: nil) == "https://api.groq.com/openai/v1/chat/completions")
        #expect(targets[1].dialect == .ollama)
        let own = UpstreamTarget(name: "", provider: "", endpoint: targets[0].endpoint)
        #expect(
            targets[0].retry == own.retry && targets[0].breaker == own.breaker && targets[0].timeouts == own.timeouts)
        #expect(targets[0].keyPolicy == .either && targets[0].abortPolicy == .close && targets[0].maxConcurrent == nil)
    }

    @Test("may use YAML's own ways of saying a thing once")
    func anchors() throws {
        let text = """
            upstreams:
              openai: {retry: &patient {attempts: 9}}
              groq: {retry: *patient}
            """
        let targets = try #require(try reading(text).configuration).catalogue.targets
        #expect(targets.map(\.retry.maxAttempts) == [9, 9])
    }

    @Test("can say more of models than the table, and something else")
    func models() throws {
        let text = """
            upstreams: {local: {base_url: "http://127.0.0.1:1/v1"}}
            models:
              my-model: {context_tokens: 32768, max_output_tokens: 4096, tokens: 4.2, input: [text, image]}
              gpt-4o-mini: {max_output_tokens: 100}
              "ft:gpt-4o:house": {context_tokens: 1000}
              claude-house: {adaptive_thinking: []}
              bedrock.claude: {adaptive_thinking: [low, high]}
            """
        let target = try #require(try reading(text).configuration).catalogue.defaultTarget
        let facts = target.facts("my-model")
        #expect(facts.contextTokens == 32_768 && facts.maxOutputTokens == 4_096)
        #expect(facts.unit == .calibrated(bytesPerToken: 4.2) && facts.inputModalities == ["text", "image"])
        let known = target.facts("gpt-4o-mini")
        #expect(known.maxOutputTokens == 100 && known.contextTokens == 128_000 && known.unit == .o200k)
        // Anthropic's newer models choose how much to think, unless somebody says that here they do not.
        #expect(target.facts("claude-opus-4-6").adaptiveThinking == [.low, .medium, .high, .max])
        #expect(target.facts("anthropic/claude-opus-5").adaptiveThinking == [.low, .medium, .high, .xhigh, .max])
        for old in [
            "claude-sonnet-4-5-20250929", "claude-opus-4-1", "claude-sonnet-4", "claude-opus-4-latest",
            "claude-4-sonnet",
            "anthropic/claude-4.5-haiku", "claude-3-sonnet-20240229", "claude-3-5-sonnet-latest", "claude-2.1",
            "claude-instant-1.2",
        ] {
            #expect(target.facts(old).adaptiveThinking == [], "\(old)")
        }
        // What they do not know they are given room for; what is known is said.
        for (new, longest) in [
            ("claude-opus-4-7", 128_000), ("claude-4.6-sonnet", 128_000), ("claude-haiku-5-5", 128_000),
            ("claude-9", nil),
        ] {
            let facts = target.facts(new)
            #expect(!facts.adaptiveThinking.isEmpty && facts.maxOutputTokens == longest, "\(new)")
        }
        #expect(target.facts("claude-house").adaptiveThinking == [])
        #expect(target.facts("bedrock.claude").adaptiveThinking == [.low, .high])
        // The table does not know it, but its name tells.
        #expect(target.facts("ft:gpt-4o:house") == ModelFacts(contextTokens: 1_000, unit: .o200k))
        #expect(target.facts("nobody-knows-it") == ModelFacts())
    }
}

@Suite("Keys in a configuration file")
struct ConfiguredKeyTests {
    private func origin(_ upstream: String, environment: [String: String] = [:]) throws -> String {
        let read = try reading("allow_inline_keys: true\nupstreams: {\(upstream)}", environment: environment)
        let configuration = try #require(read.configuration, "\(read.problems)")
        let upstream = configuration.upstreams[0]
        return "\(upstream.target.key?.withSecret { $0 } ?? "-"), \(upstream.keyOrigin)"
    }

    @Test("come from a variable, the preset's own where none is named")
    func variables() throws {
        let environment = ["OPENAI_API_KEY": "sk-1", "OTHER": "sk-2"]
        #expect(try origin("openai: ", environment: environment) == "sk-1, env OPENAI_API_KEY")
        #expect(try origin("openai: {key: {env: OTHER}}", environment: environment) == "sk-2, env OTHER")
        #expect(try origin("x: {base_url: 'http://h/v1'}", environment: environment) == "-, none")
        #expect(try origin("openai: {keys: client}", environment: environment) == "-, the client's")
        #expect(try origin("groq: ", environment: environment) == "-, missing (GROQ_API_KEY is not set)")
        #expect(try origin("vllm: ", environment: environment) == "-, none")
        #expect(try origin("openai: {key: {inline: sk-3}}", environment: environment) == "sk-3, inline")
    }

    @Test("come from a file beside the configuration, without its line's end; one that all can read is remarked upon")
    func files() throws {
        let folder = try TemporaryFolder()
        try folder.write("key", "sk-file\n")
        try folder.write("open", "sk-open\r\n", mode: 0o644)
        let text =
            "upstreams: {a: {preset: openai, key: {file: key}}, b: {preset: openai, key: {file: \(folder.path)/open}}}"
        let read = try reading(text, in: folder)
        let targets = try #require(read.configuration).catalogue.targets
        #expect(targets.map { $0.key?.withSecret { $0 } } == ["sk-file", "sk-open"])
        #expect(
            try problems(text, in: folder) == [
                "t.yaml:1:84: warning: upstreams.b.key.file: every user of this machine can read the key's file; chmod 600 it."
            ])
    }

    @Test("are never repeated, wherever somebody has put them")
    func never() throws {
        let folder = try TemporaryFolder()
        try folder.write("key", "sk-secret with a space")
        let text = """
            default: sk-secret
            upstreams:
              a: {preset: sk-secret, key: sk-secret, keys: sk-secret}
              b: {preset: openai, key: {env: sk-secret}, http: sk-secret, timeouts: {idle: sk-secret}}
              c: {preset: openai, key: {file: sk-secret}, abort: sk-secret, max_concurrent: sk-secret}
              d: {preset: openai, key: {inline: sk-secret}, headers: {X: Bearer sk-secret, x-api-key: sk-secret}}
              e: {preset: openai, key: {sk-secret: }, proxy: "http://x:sk-secret@h", base_url: "http://sk-secret@h"}
              f: {preset: openai, key: {file: key}, key_header: "sk-secret ", ca_file: sk-secret, models: sk-secret}
              g: {preset: azure, api_version: "sk-secret ", params: {caps: {x: sk-secret}}, fallbacks: [sk-secret]}
              h: {preset: openai, key: {env: sk_secret}, retry: sk-secret}
              i: {preset: openai, key: {env: SPACED}}
            """
        let found = try problems(
            text, environment: ["SPACED": "sk-secret x", "OPENAI_API_KEY": "sk-secret x"], in: folder)
        #expect(found.count == 27)
        for problem in found { #expect(!problem.contains("secret"), "\(problem)") }
    }
}

@Suite("The examples of configurations")
struct ExampleConfigurationTests {
    private static let folder = URL(fileURLWithPath: #filePath + "/../../../Examples/configuration").standardized.path

    @Test("are good, where the variables are set that they name", arguments: ["tributary.example.yaml", "local.yaml"])
    func good(name: String) throws {
        var environment: [String: String] = [:]
        for preset in Preset.all { if let variable = preset.keyVariable { environment[variable] = "sk-1" } }
        let reader = ConfigurationReader(
            path: "\(Self.folder)/\(name)", environment: SettingSource(environment: environment), models: .builtIn)
        let reading = reader.read()
        #expect(reading.problems.map(\.description) == [])
        #expect(reading.configuration != nil)
    }

    @Test("are good in the README, too, where the key's file is there")
    func readme() throws {
        let text = try String(contentsOfFile: "\(Self.folder)/../../README.md", encoding: .utf8)
        let folder = try TemporaryFolder()
        try folder.write("office", "sk-1")
        let blocks = text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first?.replacing("/run/secrets/", with: "")
        }
        #expect(!blocks.isEmpty)
        for block in blocks { #expect(try problems(block, in: folder) == []) }
    }

    @Test("have every setting in the complete one")
    func complete() throws {
        let text = try String(contentsOfFile: "\(Self.folder)/tributary.example.yaml", encoding: .utf8)
        let names = UpstreamReader.settings + ["default", "models", "allow_inline_keys", "allow", "deny", "drain"]
        for name in names { #expect(text.contains("\(name):"), "\(name)") }
        let page = try String(contentsOfFile: "\(Self.folder)/../../docs/upstreams.md", encoding: .utf8)
        for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
        for preset in Preset.all { #expect(page.contains("| `\(preset.name)` |"), "\(preset.name)") }
    }
}
