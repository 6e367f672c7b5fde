import BridgeTestKit
import Foundation
import Providers
import Testing

@testable import tributary

@Suite("tributary check")
struct CheckCommandTests {
    private static let secret = "sk-never-to-be-seen"

    @Test("says what a good file means, and no key")
    func good() throws {
        let folder = try TemporaryFolder()
        try folder.write("key", Self.secret)
        let path = try folder.write(
            "tributary.yaml",
            """
            default: local
            upstreams:
              openai:
                model: gpt-4o-mini
                models: [gpt-*]
                max_concurrent: 20
                timeouts: {first_byte: 90s}
                fallbacks: [{upstream: local, model: small}]
              local:
                base_url: http://127.0.0.1:11434/v1
                key: {file: key}
                keys: server
                retry: {attempts: 1}
              groq: {keys: client}
            """)
        let outcome = try BuiltProgram.run(["check", "--config", path], environment: ["OPENAI_API_KEY": Self.secret])
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "UPSTREAM         DIALECT           URL                             KEY                                  MODELS                        LIMITS",
                "openai           chat-completions  https://api.openai.com/v1       env OPENAI_API_KEY, or the client's  gpt-4o-mini (default), gpt-*  20 at a time, 3 attempts, first byte 90s, then local",
                "local (default)  chat-completions  http://127.0.0.1:11434/v1       file key                             any                           1 attempt",
                "groq             chat-completions  https://api.groq.com/openai/v1  the client's                         any                           3 attempts",
            ])
        #expect(outcome.errors.isEmpty)
    }

    @Test("says every problem of a bad one by file, line, column and setting, and ends with 1")
    func bad() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "tributary.yaml", "upstreams:\n  openai: {key: \(Self.secret), http: 3}\n  opanai: {keys: server}\n")
        let outcome = try BuiltProgram.run(["check"], environment: ["TRIBUTARY_CONFIG": path])
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(
            outcome.errors == """
                \(path):2:17: upstreams.openai.key: the key does not stand here: say {env: NAME} or {file: PATH}.
                \(path):2:44: upstreams.openai.http: must be auto, 1.1 or 2.
                \(path):3:3: upstreams.opanai: needs preset or base_url.

                """)
    }

    @Test("wants to know which file, and a time that is one")
    func usage() throws {
        #expect(try BuiltProgram.run(["check"]).status == 64)
        #expect(try BuiltProgram.run(["check", "--config", "x", "--timeout", "1"]).status == 64)
    }

    @Test("asks every upstream at once with --live: whether it answers, and takes the key")
    func live() throws {
        let folder = try TemporaryFolder()
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        let list = #"{"data":[{"id":"one"},{"id":"two"}]}"#
        upstream.always(.answer(body: list)) {
            $0.target == "/good/v1/models" && $0["authorization"] == "Bearer \(Self.secret)"
        }
        upstream.always(.answer(body: list)) { $0.target == "/open/v1/models" }
        upstream.always(.answer(body: #"{"models":[{"name":"models/x"}]}"#)) {
            $0.target.hasPrefix("/gemini/v1beta/models") && $0["x-goog-api-key"] == Self.secret
        }
        upstream.always(.answer(status: 401, body: Self.secret)) { $0.target == "/refused/v1/models" }
        upstream.always(.answer(status: 401, body: "{}")) { $0.target == "/client/v1/models" }
        upstream.always(.answer(status: 503, body: "{}")) { $0.target == "/broken/v1/models" }
        upstream.always(.answer(type: "text/html", body: "<html>")) { $0.target == "/page/v1/models" }
        upstream.always([.stall]) { $0.target == "/silent/v1/models" }
        // Their models anybody may see, but they know which keys are theirs.
        for name in ["knowing", "doubting", "silenced"] {
            upstream.always(.answer(body: list)) { $0.target == "/\(name)/v1/models" }
        }
        upstream.always(.answer(body: #"{"data":{"usage":0}}"#)) {
            $0.target == "/knowing/v1/key" && $0["authorization"] == "Bearer \(Self.secret)"
        }
        upstream.always(.answer(status: 401, body: Self.secret)) { $0.target == "/doubting/v1/key" }
        upstream.always(.answer(status: 404, body: "{}")) { $0.target == "/silenced/v1/key" }
        let free = try LoopbackSocket.bound()
        free.close()
        func configuration(_ names: [String]) -> String {
            let lines = names.map { name in
                let url = name == "gone" ? "http://127.0.0.1:\(free.port)/v1" : "\(upstream.url)/\(name)/v1"
                switch name {
                case "open": return "  open: {base_url: \"\(url)\", model: three}"
                case "knowing", "doubting", "silenced":
                    return "  \(name): {base_url: \"\(url)\", key: {env: KEY}, key_check_path: /key}"
                case "client": return "  client: {base_url: \"\(url)\", keys: client}"
                case "gemini":
                    return "  gemini: {preset: gemini, base_url: \"\(upstream.url)/gemini\", key: {env: KEY}}"
                default: return "  \(name): {base_url: \"\(url)\", key: {env: KEY}}"
                }
            }
            return "upstreams:\n\(lines.joined(separator: "\n"))\n"
        }
        func check(_ names: [String]) throws -> (status: Int32, lines: [String]) {
            let path = try folder.write("t.yaml", configuration(names))
            let outcome = try BuiltProgram.run(
                ["check", "--live", "--config", path, "--timeout", "300ms"], environment: ["KEY": Self.secret])
            #expect(!outcome.output.contains(Self.secret) && outcome.errors.isEmpty)
            let live = outcome.output.split(separator: "\n\n").last.map(String.init) ?? ""
            return (
                outcome.status,
                live.split(separator: "\n").dropFirst().map {
                    $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
                }
            )
        }
        let good = try check(["good", "open", "client", "gemini", "knowing"])
        #expect(good.status == 0)
        #expect(
            good.lines == [
                "good yes 2 models", "open yes 2 models; three, the default, is not among them",
                "client yes it answers; keys come with the requests", "gemini yes 1 model",
                "knowing yes 2 models",
            ])
        let bad = try check(["good", "doubting", "silenced", "refused", "broken", "page", "silent", "gone", "nowhere"])
        #expect(bad.status == 1)
        #expect(
            bad.lines == [
                "good yes 2 models", "doubting no refuses the key (status 401)",
                "silenced no has no answer about keys under \(upstream.url)/silenced/v1/key (status 404)",
                "refused no refuses the key (status 401)", "broken no answered with status 503",
                "page no answered something that is no list of models", "silent no did not answer within 300ms",
                "gone no No connection to the upstream 127.0.0.1:\(free.port): Connection refused.",
                "nowhere no answered with status 500",
            ])
    }
}

@Suite("tributary models")
struct ModelsCommandTests {
    @Test("prints the table, and the configuration's own lines before it")
    func table() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "t.yaml", "upstreams: {ollama: }\nmodels: {mine: {context_tokens: 32768, tokens: 4.2}}\n")
        let outcome = try BuiltProgram.run(["models", "--config", path])
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines[0] == "MODEL WINDOW LONGEST ANSWER READS WRITES TOKENS THINKS $ PER MILLION, IN/OUT")
        #expect(lines[1] == "mine 32,768 4.2 bytes each")
        #expect(lines.contains("gpt-4o* 128,000 16,384 text image text o200k openai 2.50/10.00"))
        #expect(lines.last?.hasPrefix("Looked over on 20") == true)
        #expect(try BuiltProgram.run(["models"]).output.contains("gpt-4o-mini*"))
    }

    @Test("prints what holds for one model, or that nothing is known of it")
    func one() throws {
        let known = try BuiltProgram.run(["models", "openai/gpt-4o-mini-2024-07-18"])
        #expect(known.status == 0 && known.output.split(separator: "\n").count == 2)
        #expect(known.output.contains("gpt-4o-mini*"))
        let unknown = try BuiltProgram.run(["models", "nobody\u{1B}[2J"])
        #expect(unknown.status == 1 && unknown.errors == "Nothing is known of nobody\u{FFFD}[2J.\n")
    }

    @Test("knows every pattern once, and of each something")
    func data() {
        let entries = ModelTable.builtIn.entries
        #expect(Set(entries.map(\.pattern)).count == entries.count && entries.count > 100)
        for entry in entries {
            #expect(entry != KnownModel(pattern: entry.pattern), "\(entry.pattern)")
            #expect(entry.measure != nil, "\(entry.pattern)")
            if let window = entry.contextTokens { #expect((entry.maxOutputTokens ?? 0) <= window, "\(entry.pattern)") }
            for (provider, price) in entry.prices {
                #expect(Preset.all.contains { $0.provider == provider }, "\(provider)")
                #expect(Double(price.input) != nil && Double(price.output) != nil, "\(entry.pattern)")
            }
        }
    }
}
