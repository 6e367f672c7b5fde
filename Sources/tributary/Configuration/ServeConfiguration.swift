import BridgeCore
import ChatProtocol

/// All that `tributary serve` was told, checked: whoever holds one can rely on it.
struct ServeConfiguration {
    /// An IP address without brackets, or `localhost`. Loopback unless `--insecure` was given.
    var host = "127.0.0.1"
    /// 0 lets the system choose; the ready line says which.
    var port: UInt16 = 8080
    var upstream = UpstreamChoice.demo
    /// The model of a `chat` that names none; a file says its own.
    var defaultModel: String?
    /// The folder of static files, if any.
    var publicDirectory: String?
    /// The folder of vocabularies, if any.
    var tokenizers: String?
    /// Origins of pages that may connect although they come from another host, such as `https://chat.example.com`.
    var allowedOrigins: [String] = []
    /// Host names we serve besides the loopback names and the bind address; lower case, without port.
    var allowedHosts: [String] = []
    var limits = Limits()
    var log = LogSettings()
    /// What is odd but no error; to be logged once the log exists.
    var remarks: [String] = []
}

/// Where answers come from.
enum UpstreamChoice {
    /// A process of our own, started and ended by the server.
    case demo
    /// An OpenAI-compatible endpoint. The URL has no slash at its end: paths such as `/chat/completions` are appended.
    case endpoint(baseURL: String, key: APIKey?)
    /// What a configuration file says; the reader can read it again.
    case file(UpstreamConfiguration, ConfigurationReader)
}

extension ServeConfiguration {
    /// Where `scripts/vendor` puts them.
    static let tokenizers = "vendor/tokenizers"

    /// Reads what the command says, the environment where it says nothing, the default where both are silent.
    init(_ command: ServeCommand, environment: [String: String]) throws(SettingError) {
        let source = SettingSource(environment: environment)
        let options = command.server
        host = try source.given(options.host, "host").map(BindAddress.parse) ?? host
        if try !source.isOn(options.insecure, "insecure"), !BindAddress.isLoopback(host) {
            throw SettingError(
                """
                \(host) is not a loopback address. This version has no authentication: everybody who reaches the port could \
                spend your API key and read every session whose id they learn. Put an authenticating proxy in front of a \
                loopback address, or say --insecure if the network is yours.
                """)
        }
        if let given = source.given(options.port, "port") {
            guard let port = UInt16(given.text) else { throw given.error(expected: "a port from 0 to 65535") }
            self.port = port
        }
        if let file = try ConfigurationFile.choose(options, source) {
            (upstream, remarks) = try UpstreamChoice.read(file, source)
        } else {
            (upstream, remarks) = try UpstreamChoice.resolve(
                url: source.given(options.upstreamURL, "upstream-url"),
                keyVariable: source.given(options.apiKeyEnv, "api-key-env"), source: source)
            defaultModel = source.given(options.model, "model")?.text
            if case .demo = upstream, defaultModel == nil { defaultModel = "demo" }
        }
        publicDirectory = try Folder.resolve(source.given(options.publicDirectory, "public"), default: "public")
        tokenizers = try Folder.resolve(source.given(options.tokenizers, "tokenizers"), default: Self.tokenizers)
        for given in source.list(options.allowOrigin, "allow-origin") { allowedOrigins.append(try Origin.parse(given)) }
        for given in source.list(options.allowHost, "allow-host") { allowedHosts.append(try HostName.parse(given)) }
        limits = try Limits(command, source)
        log = try LogSettings(
            level: source.given(options.logLevel, "log-level"), format: source.given(options.logFormat, "log-format"))
        remarks += source.unknownVariables(known: ServeCommand.settingNames)
            .map { "\($0) is not a setting and was ignored" }
    }
}

extension Limits {
    fileprivate init(_ command: ServeCommand, _ source: SettingSource) throws(SettingError) {
        self.init()
        for setting in AmountLimits.settings {
            guard let given = source.given(command.amounts.given[setting.name], setting.name) else { continue }
            try setting.set(given, in: &self)
        }
        for setting in TimeLimits.settings {
            guard let given = source.given(command.times.given[setting.name], setting.name) else { continue }
            try setting.set(given, in: &self)
        }
        guard peerTimeout > pingInterval else {
            throw SettingError(
                """
                The peer timeout (\(DurationArgument(milliseconds: peerTimeout))) must be longer than the ping interval \
                (\(DurationArgument(milliseconds: pingInterval))), or every quiet client would be dropped before its pong.
                """)
        }
    }
}
