import BridgeTestKit
import Foundation
import Providers
import Testing

/// An upstream for each way in which a key travels, all of them one scripted server that repeats every key it is sent.
final class KeyStage {
    struct Upstream: Sendable {
        var name: String
        var dialect: Dialect
        /// What it says of itself in the file, beside its address and key.
        var settings: String
        /// The header that carries the key, in lower case.
        var header: String
        /// What stands before the key in it.
        var lead = ""
    }

    static let upstreams = [
        Upstream(
            name: "chat", dialect: .chatCompletions, settings: "dialect: chat-completions", header: "authorization",
            lead: "Bearer "),
        Upstream(
            name: "responses", dialect: .responses, settings: "dialect: responses", header: "authorization",
            lead: "Bearer "),
        Upstream(name: "anthropic", dialect: .anthropic, settings: "dialect: anthropic", header: "x-api-key"),
        Upstream(name: "gemini", dialect: .gemini, settings: "dialect: gemini", header: "x-goog-api-key"),
        Upstream(
            name: "ollama", dialect: .ollama, settings: "dialect: ollama", header: "authorization", lead: "Bearer "),
        Upstream(name: "azure", dialect: .chatCompletions, settings: "preset: azure", header: "api-key"),
        Upstream(
            name: "gateway", dialect: .chatCompletions,
            settings: "dialect: chat-completions, key_header: X-Gateway-Key",
            header: "x-gateway-key"),
    ]

    let folder: TemporaryFolder
    let scripted: ScriptedUpstream
    let server: ServerProcess
    /// By the upstream's name.
    let serverKeys: [String: MarkedKey]
    let clientKeys: [String: MarkedKey]
    /// The first upstream's after a reload.
    let newKey = MarkedKey(300)
    /// What came out of the program, by where it came from.
    private(set) var output: [(place: String, text: String)] = []

    var keys: [MarkedKey] { Array(serverKeys.values) + Array(clientKeys.values) + [newKey] }

    init(logFormat: String) throws {
        folder = try TemporaryFolder()
        scripted = try ScriptedUpstream()
        func keys(from first: UInt64) -> [String: MarkedKey] {
            Dictionary(uniqueKeysWithValues: zip(Self.upstreams.map(\.name), first..<first + 100)).mapValues {
                MarkedKey($0)
            }
        }
        (serverKeys, clientKeys) = (keys(from: 100), keys(from: 200))
        for (name, key) in serverKeys { try folder.write("\(name).key", key.text + "\n") }
        let known = Array(serverKeys.values) + Array(clientKeys.values) + [newKey]
        scripted.always { request in
            guard let upstream = Self.upstreams.first(where: { request.target.hasPrefix("/\($0.name)/") }),
                let key = known.first(where: { request[upstream.header] == upstream.lead + $0.text })
            else { return .answer(status: 400, body: "{}") }
            if let echo = KeyEcho(request) { return echo.script(for: key, in: upstream.dialect) }
            guard request.method == "GET" else { return AnswerScript(upstream.dialect).whole(["hello"]) }
            // Half of them show their lists, the others have something against the key.
            return ["responses", "ollama", "gateway"].contains(upstream.name)
                ? KeyEcho.error.script(for: key, in: upstream.dialect)
                : KeyEcho.modelList(key.text, upstream.dialect)
        }
        server = try ServerProcess(
            configuration: Self.configuration(scripted.url), in: folder,
            ["--log-level", "trace", "--log-format", logFormat], environment: Self.environment(serverKeys))
    }

    deinit { scripted.stop() }

    /// Half of the keys come from the environment, half from files.
    static func configuration(_ url: String) -> String {
        let lines = upstreams.enumerated().map { index, upstream in
            let key = index % 2 == 0 ? "file: \(upstream.name).key" : "env: \(upstream.name.uppercased())_KEY"
            return "  \(upstream.name): {\(upstream.settings), base_url: \"\(url)/\(upstream.name)/v1\", "
                + "key: {\(key)}, model: plain, extra: true, retry: {attempts: 1}, breaker: {failures: 0}}"
        }
        return "upstreams:\n\(lines.joined(separator: "\n"))\n"
    }

    static func environment(_ keys: [String: MarkedKey]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: keys.map { ("\($0.key.uppercased())_KEY", $0.value.text) })
    }

    func note(_ place: String, _ text: String) { output.append((place, text)) }

    func note(_ place: String, _ response: HTTPResponse) {
        note(place, "\(response.headers)\n\(response.text)")
    }

    func note(_ place: String, _ tab: Tab) {
        for message in tab.messages { note(place, message) }
    }

    /// Keys, or pieces of them, that came out: each with where.
    func leaks() -> [String] {
        // One text a place: keys are looked for in all of it.
        let places = Dictionary(grouping: output, by: \.place).mapValues { $0.map(\.text).joined(separator: "\n") }
        let search = KeySearch(keys)
        return places.compactMap { place, text in search.trace(in: text).map { "\(place): …\($0)…" } }
    }

    /// What is wrong with the way in which requests carried their keys.
    func misplacedKeys() -> [String] {
        let search = KeySearch(keys)
        return scripted.requests.compactMap { request in
            guard let upstream = Self.upstreams.first(where: { request.target.hasPrefix("/\($0.name)/") }) else {
                return "a request went to \(request.target)"
            }
            let known = [serverKeys[upstream.name], clientKeys[upstream.name], newKey].compactMap { $0?.text }
            guard let value = request[upstream.header], known.contains(where: { value == upstream.lead + $0 }) else {
                return "\(request.target): no key of \(upstream.name) in \(upstream.header)"
            }
            let others = request.headers.filter { $0.name != upstream.header }
            let rest = "\(request.target)\n\(others)\n\(request.text)"
            return search.trace(in: rest) != nil ? "\(request.target): a key elsewhere: \(rest)" : nil
        }
    }
}
