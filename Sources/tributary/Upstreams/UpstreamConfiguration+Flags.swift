import BridgeCore
import ChatProtocol
import Providers

extension UpstreamConfiguration {
    /// One upstream, from flags or from the environment.
    init(
        name: String, baseURL: String, key: APIKey?, defaultModel: String?, models: ModelTable
    ) throws(UnusableUpstream) {
        let preset = Preset.at(baseURL)
        guard let endpoint = Endpoint(baseURL: baseURL, keyCheckPath: preset?.keyCheckPath) else {
            throw UnusableUpstream(url: baseURL)
        }
        let provider = name == "demo" ? name : preset?.provider ?? "openai-compatible"
        let target = UpstreamTarget(
            name: name, provider: provider, endpoint: endpoint, key: key, defaultModel: defaultModel,
            facts: ModelFacts.source(models, provider: provider))
        self.init(
            upstreams: [ConfiguredUpstream(target: target, baseURL: baseURL, keyOrigin: .none, fingerprint: 0)],
            defaultName: name, models: models)
    }
}

struct UnusableUpstream: Error, CustomStringConvertible {
    let url: String
    var description: String { "\(url) is not the base URL of an upstream" }
}
