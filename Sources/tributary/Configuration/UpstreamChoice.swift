import BridgeCore
import ChatProtocol
import Foundation

extension UpstreamChoice {
    static let openAI = "https://api.openai.com/v1"

    /// Finds the endpoint and its key.
    ///
    /// 1. `url` given: that endpoint, with the key that `keyVariable` names. `OPENAI_API_KEY` is not sent there unasked,
    ///    since the URL may be anybody's.
    /// 2. `OPENAI_BASE_URL` set: that endpoint, with the named key or `OPENAI_API_KEY`: the two go together.
    /// 3. Only a key, named or `OPENAI_API_KEY`: OpenAI itself.
    /// 4. Nothing: the demo upstream.
    ///
    /// The second value is what the log should say about it.
    static func resolve(
        url: GivenSetting?, keyVariable: GivenSetting?, source: SettingSource
    ) throws(SettingError) -> (UpstreamChoice, remarks: [String]) {
        let openAIKey = source.variable("OPENAI_API_KEY")
        if let url {
            let baseURL = try parse(url)
            let key = try keyVariable.map { name throws(SettingError) in try named(name, source) }
            guard key == nil, openAIKey != nil else { return (.endpoint(baseURL: baseURL, key: key), []) }
            let remark =
                "OPENAI_API_KEY is set but not sent to this upstream; say --api-key-env OPENAI_API_KEY if it should be"
            return (.endpoint(baseURL: baseURL, key: nil), [remark])
        }
        let key: APIKey?
        if let keyVariable {
            key = try named(keyVariable, source)
        } else {
            key = try openAIKey.map(APIKey.parse)
        }
        if let url = source.variable("OPENAI_BASE_URL") { return (.endpoint(baseURL: try parse(url), key: key), []) }
        if let key { return (.endpoint(baseURL: openAI, key: key), []) }
        return (.demo, [])
    }

    /// The key in the variable that a setting names.
    private static func named(_ variable: GivenSetting, _ source: SettingSource) throws(SettingError) -> APIKey {
        guard let given = source.variable(variable.text) else {
            throw SettingError("\(variable.origin): the environment variable \(variable.text) is not set.")
        }
        return try APIKey.parse(given)
    }

    /// An http or https URL with a host and nothing that does not belong into a base.
    private static func parse(_ given: GivenSetting) throws(SettingError) -> String {
        guard let parts = URLComponents(string: given.text), let host = parts.host, !host.isEmpty,
            parts.scheme == "http" || parts.scheme == "https"
        else {
            throw given.error(expected: "an http or https URL such as http://127.0.0.1:11434/v1")
        }
        guard parts.user == nil, parts.password == nil else {
            // The text may hold a secret, so it is not repeated.
            throw SettingError("\(given.origin): a URL must not hold a password; use --api-key-env for the key.")
        }
        guard parts.query == nil, parts.fragment == nil else {
            // As above: keys are written into queries, too.
            throw SettingError(
                "\(given.origin): a base URL has no query and no fragment; use --api-key-env for the key.")
        }
        var url = given.text
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
}

extension APIKey {
    /// The error names the variable, never the value.
    fileprivate static func parse(_ given: GivenSetting) throws(SettingError) -> APIKey {
        guard let key = APIKey(given.text) else {
            throw SettingError("\(given.origin) holds no usable key: it has white space or control characters in it.")
        }
        return key
    }
}
