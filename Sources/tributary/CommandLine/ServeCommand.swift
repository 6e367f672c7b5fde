import ArgumentParser
import Foundation

/// `tributary serve`: the bridge itself.
///
/// Options hold the text that was given, so that flags and variables are read by the same code with the same messages.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve WebSocket sessions, with answers from an OpenAI-compatible upstream.",
        discussion: """
            Every option can also be given by environment: --ping-interval is TRIBUTARY_PING_INTERVAL (lists are separated \
            by commas). A flag wins over the environment.

            Without --upstream-url, OPENAI_BASE_URL and OPENAI_API_KEY are understood; OPENAI_API_KEY alone means OpenAI \
            itself. Without any of them a demo upstream is started, which needs no key.

            Sizes are written 65536, 64KiB, 8MiB or 1GiB, times 500ms, 10s, 5m or 1h.
            """)

    @Option(help: ArgumentHelp("Address to listen on. (default: 127.0.0.1)", valueName: "address"))
    var host: String?

    @Option(help: "Port to listen on; 0 takes a free one and prints it. (default: 8080)")
    var port: String?

    @Option(
        name: .customLong("upstream-url"),
        help: ArgumentHelp(
            "Base URL of the upstream, such as http://127.0.0.1:11434/v1. (default: the demo upstream)",
            valueName: "url"))
    var upstreamURL: String?

    @Option(
        help: ArgumentHelp(
            "Name of the environment variable that holds the upstream's API key. The key itself is never a flag: flags can be read by other users.",
            valueName: "name"))
    var apiKeyEnv: String?

    @Option(help: "Model for requests that name none. (default: demo, with the demo upstream)")
    var model: String?

    @Option(
        name: .customLong("public"),
        help: ArgumentHelp("Folder of static files to serve. (default: ./public, where it exists)", valueName: "folder")
    )
    var publicDirectory: String?

    @Option(
        help: ArgumentHelp(
            "Origin of a page on another host that may connect; repeatable. A page's own host always may.",
            valueName: "origin"))
    var allowOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "Host name we serve, besides loopback names and the bind address; repeatable. Others are refused, which keeps DNS rebinding out.",
            valueName: "name"))
    var allowHost: [String] = []

    @Flag(help: "Allow an address that others can reach. There is no authentication yet.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "What to log: trace, debug, info, notice, warning, error or critical. (default: info)", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("How the log looks: text or json. (default: text)", valueName: "format"))
    var logFormat: String?

    @OptionGroup(title: "Limits")
    var amounts: LimitOptions<AmountLimits>

    @OptionGroup(title: "Times")
    var times: LimitOptions<TimeLimits>

    /// Every setting that the environment can give, by flag name.
    static let settingNames =
        [
            "host", "port", "upstream-url", "api-key-env", "model", "public", "allow-origin", "allow-host", "insecure",
            "log-level", "log-format",
        ] + AmountLimits.settings.map(\.name) + TimeLimits.settings.map(\.name)

    func run() throws {
        try serve(resolve(environment: ProcessInfo.processInfo.environment))
    }

    /// The checked configuration, or an error of the kind that `--help` is pointed to.
    func resolve(environment: [String: String]) throws -> ServeConfiguration {
        do {
            return try ServeConfiguration(self, environment: environment)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}

extension ServeConfiguration {
    /// What a command line means.
    init(arguments: [String], environment: [String: String]) throws {
        self = try ServeCommand.parse(arguments).resolve(environment: environment)
    }
}
