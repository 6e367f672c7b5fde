import BridgeCore
import ChatProtocol
import Providers

/// Reads one upstream: the value under its name in `upstreams`.
struct UpstreamReader {
    static let settings = [
        "preset", "dialect", "base_url", "api_version", "provider", "key", "keys", "key_header", "key_check_path",
        "model", "models",
        "headers", "timeouts", "max_concurrent", "retry", "breaker", "fallbacks", "abort", "params", "extra",
        "inline_thinking", "proxy", "ca_file", "http",
    ]

    var keys: KeyReader
    var route: RouteReader
    var models: ModelTable
    /// Of all upstreams of the file.
    var names: [String]
    /// Of those with `keys: client`.
    var clientKeyed: Set<String>

    /// Nil where there is none to be made, and a problem says why. All of it is read in any case, so that all problems are found.
    func read(_ name: String, _ value: FileValue) -> ConfiguredUpstream? {
        guard name.wholeMatch(of: /[A-Za-z0-9._:-]{1,64}/) != nil else {
            value.refuseWhole("the name of an upstream has 1 to 64 of A-Z a-z 0-9 . _ : -")
            return nil
        }
        guard let upstream = value.mapping(Self.settings, orEmpty: true) else { return nil }
        let preset = preset(of: upstream, name)
        let address = UpstreamAddress(upstream, preset)
        let policy: UpstreamTarget.KeyPolicy = upstream["keys"]?.choice() ?? .either
        let (key, keyOrigin) = key(of: upstream, policy, preset)
        let placement = keyPlacement(of: upstream) ?? address?.endpoint.keyPlacement
        let provider = upstream["provider"]?.text() ?? preset?.provider ?? "openai-compatible"
        let defaultModel = upstream["model"]?.text()
        let patterns = upstream["models"]?.texts() ?? []
        let headers = HeaderReader.read(upstream["headers"], keyHeader: upstream["key_header"]?.word)
        let rules = RuleReader.read(upstream["params"], preset: preset, endpoint: address?.endpoint)
        let decoding = DecoderOptions(
            keepsExtra: upstream["extra"]?.flag() ?? false,
            readsInlineThinking: upstream["inline_thinking"]?.flag() ?? false)
        let timeouts = PatienceReader.timeouts(upstream["timeouts"])
        let maxConcurrent = upstream["max_concurrent"]?.count(1...1_000_000)
        let retry = PatienceReader.retry(upstream["retry"])
        let breaker = PatienceReader.breaker(upstream["breaker"])
        let fallbacks = FallbackReader.read(
            upstream["fallbacks"], of: name, among: names, clientKeyed: clientKeyed)
        let abort = PatienceReader.abort(upstream["abort"])
        let route = route.read(upstream)

        guard let address else { return nil }
        var hasher = Hasher()
        value.hash(into: &hasher)
        key?.withSecret { hasher.combine($0) }
        let target = UpstreamTarget(
            name: name, provider: provider, dialect: address.dialect, endpoint: address.endpoint, key: key,
            keyPolicy: policy, keyPlacement: placement, defaultModel: defaultModel, models: patterns, headers: headers,
            rules: rules, decoding: decoding, timeouts: timeouts, maxConcurrent: maxConcurrent, retry: retry,
            breaker: breaker, fallbacks: fallbacks, abortPolicy: abort, route: route,
            facts: ModelFacts.source(models, provider: provider))
        return ConfiguredUpstream(
            target: target, baseURL: address.baseURL, keyOrigin: keyOrigin, fingerprint: hasher.finalize())
    }

    /// The one it names or, where it says nothing of where it is, the one that has its name.
    private func preset(of upstream: FileMapping, _ name: String) -> Preset? {
        guard let value = upstream["preset"] else {
            let isPlaced = upstream["base_url"] != nil || upstream["dialect"] != nil
            return isPlaced ? nil : Preset.named(name)
        }
        guard let text = value.text() else { return nil }
        if let preset = Preset.named(text) { return preset }
        let names = Preset.all.map(\.name)
        let hint = nearestName(to: text, among: names).map { "did you mean \($0)?" }
        value.refuse("is not a preset; \(hint ?? "there are \(names.joined(separator: ", ")).")")
        return nil
    }

    private func key(
        of upstream: FileMapping, _ policy: UpstreamTarget.KeyPolicy, _ preset: Preset?
    ) -> (APIKey?, KeyOrigin) {
        if policy == .client {
            upstream["key"]?.refuseWhole("with keys: client the server has no key of its own.")
            return (nil, .client)
        }
        if let value = upstream["key"] {
            guard let found = keys.read(value) else { return (nil, .none) }
            return (found.key, found.origin)
        }
        guard let preset, let variable = preset.keyVariable else { return (nil, .none) }
        if let given = keys.environment.variable(variable) {
            if let key = APIKey(given.text) { return (key, .environment(variable)) }
            upstream.value.refuseWhole(
                "the environment variable \(variable) holds no usable key: \(KeyReader.unusable)")
        } else if preset.needsKey, policy == .server {
            upstream.value.refuseWhole("has no key: \(variable) is not set, and keys: server lets nobody bring one.")
        }
        return (nil, preset.needsKey ? .missing(variable: variable) : .none)
    }

    /// Nil takes the endpoint's own.
    private func keyPlacement(of upstream: FileMapping) -> KeyPlacement? {
        guard let value = upstream["key_header"], let name = value.text() else { return nil }
        guard HeaderReader.isName(name) else {
            value.refuse("is not the name of a header (RFC 9110 section 5.1).")
            return nil
        }
        return .header(name)
    }
}
