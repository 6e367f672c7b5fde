/// Whether upstreams come from a file, and from which.
enum ConfigurationFile {
    /// The file, or nil where flags and variables say it all. A flag wins over the environment here too; two that stand side by
    /// side and contradict each other are an error.
    static func choose(_ options: ServerOptions, _ source: SettingSource) throws(SettingError) -> GivenSetting? {
        guard let file = source.given(options.config, "config") else { return nil }
        let others = [
            (options.upstreamURL, "upstream-url", "a file names its upstreams itself"),
            (options.apiKeyEnv, "api-key-env", "a file says its keys itself: key: {env: NAME}"),
            (options.model, "model", "a file says its models itself: model: NAME"),
        ]
        for (flag, name, reason) in others {
            guard let other = source.given(flag, name) else { continue }
            let (fileIsFlag, otherIsFlag) = (options.config != nil, flag != nil)
            if fileIsFlag == otherIsFlag {
                throw SettingError("\(file.origin) and \(other.origin) do not go together: \(reason).")
            }
            // A base URL on the command line, and a file in the environment of everybody.
            if otherIsFlag, name == "upstream-url" { return nil }
            if otherIsFlag { throw SettingError("\(file.origin) and \(other.origin) do not go together: \(reason).") }
        }
        return file
    }
}

extension UpstreamChoice {
    /// The second value is what the log should say about it.
    static func read(
        _ file: GivenSetting, _ source: SettingSource
    ) throws(SettingError) -> (UpstreamChoice, remarks: [String]) {
        let reader = ConfigurationReader(path: file.text, environment: source, models: .builtIn)
        let reading = reader.read()
        guard let configuration = reading.configuration else {
            let lines = reading.problems.map { "\n  \($0)" }.joined()
            throw SettingError("\(file.origin): the configuration cannot be used:\(lines)")
        }
        return (.file(configuration, reader), reading.problems.map(\.description))
    }
}
