import Providers

/// Where an upstream is, and how one speaks with it: `base_url`, `dialect`, `api_version`, `key_check_path`.
struct UpstreamAddress {
    var dialect: Dialect
    var baseURL: String
    var endpoint: Endpoint

    /// Nil where that is not said, and a problem says so.
    init?(_ upstream: FileMapping, _ preset: Preset?) {
        dialect = upstream["dialect"]?.choice() ?? preset?.dialect ?? .chatCompletions
        let version = Self.apiVersion(upstream["api_version"], preset)
        let keyCheckPath = Self.keyCheckPath(upstream["key_check_path"], preset)
        if preset?.isAzure == true, dialect != .chatCompletions, dialect != .responses {
            upstream["dialect"]?.refuse("must be chat-completions or responses on azure.")
            return nil
        }
        guard let value = upstream["base_url"] else {
            let path = keyCheckPath ?? preset?.keyCheckPath
            if let url = preset?.baseURL, let endpoint = Endpoint(url, dialect, preset, version, path) {
                (baseURL, self.endpoint) = (url, endpoint)
                return
            }
            if upstream["preset"] == nil || preset != nil {
                upstream.value.refuseWhole(
                    preset?.isAzure == true
                        ? "needs base_url, such as https://NAME.openai.azure.com." : "needs preset or base_url.")
            }
            return nil
        }
        guard let text = value.text() else { return nil }
        guard !text.contains("@") else {
            value.refuse("a URL must not hold a password; say key: {env: NAME}.")
            return nil
        }
        // The URL is shown in logs and reports, and Google's own pages write keys into queries.
        let query = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().joined()
        guard query.split(separator: "&").allSatisfy({ $0.hasPrefix("api-version=") }) else {
            value.refuse("a URL must have no parameter but api-version; a key belongs into key: {env: NAME}.")
            return nil
        }
        // Known of a preset's own address alone, also where that is written out: elsewhere it may be somebody else's.
        let path = keyCheckPath ?? Preset.at(text)?.keyCheckPath
        guard let endpoint = Endpoint(text, dialect, preset, version, path) else {
            value.refuse("must be an http or https URL, such as https://llm.example.com/v1.")
            return nil
        }
        (baseURL, self.endpoint) = (text, endpoint)
    }

    private static func keyCheckPath(_ value: FileValue?, _ preset: Preset?) -> String? {
        guard let value else { return nil }
        // Its addresses are not made of `base_url` and a path.
        guard preset?.isAzure != true else {
            value.refuseWhole("is not for preset: azure, whose list of models asks for a key.")
            return nil
        }
        guard let text = value.text() else { return nil }
        guard text.wholeMatch(of: /(\/[A-Za-z0-9._~-]+)+/) != nil, !text.contains("/.") else {
            value.refuse("must be a path behind base_url, such as /key.")
            return nil
        }
        return text
    }

    private static func apiVersion(_ value: FileValue?, _ preset: Preset?) -> String? {
        guard let value else { return nil }
        guard preset?.isAzure == true else {
            value.refuseWhole("is for preset: azure.")
            return nil
        }
        guard let text = value.text() else { return nil }
        guard text.wholeMatch(of: /[A-Za-z0-9.-]+/) != nil else {
            value.refuse("must be a version such as 2024-10-21.")
            return nil
        }
        return text
    }
}

extension Endpoint {
    fileprivate init?(
        _ baseURL: String, _ dialect: Dialect, _ preset: Preset?, _ azureVersion: String?,
        _ keyCheckPath: String?
    ) {
        self.init(
            baseURL: baseURL, dialect: dialect,
            addressing: preset?.isAzure == true ? .azure(apiVersion: azureVersion) : .plain,
            keyCheckPath: keyCheckPath)
    }
}
