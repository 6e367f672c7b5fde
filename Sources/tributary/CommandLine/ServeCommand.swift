import ArgumentParser
import Foundation

/// `tributary serve`: the bridge itself.
///
/// Options hold the text that was given, so that flags and variables are read by the same code with the same messages.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve WebSocket sessions, with answers from LLM APIs.",
        discussion: """
            Every option can also be given by environment: --ping-interval is TRIBUTARY_PING_INTERVAL (lists are separated \
            by commas). A flag wins over the environment.

            Upstreams are named in a file (--config), which is read again at SIGHUP; one that speaks OpenAI's chat completions can \
            be given by --upstream-url instead. Without both, OPENAI_BASE_URL and OPENAI_API_KEY are understood; OPENAI_API_KEY \
            alone means OpenAI itself. Without any of them a demo upstream is started, which needs no key.

            Sizes are written 65536, 64KiB, 8MiB or 1GiB, times 500ms, 10s, 5m or 1h.
            """)

    @OptionGroup(title: "Server")
    var server: ServerOptions

    @OptionGroup(title: "Limits")
    var amounts: LimitOptions<AmountLimits>

    @OptionGroup(title: "Times")
    var times: LimitOptions<TimeLimits>

    /// Every setting that the environment can give, by flag name.
    static let settingNames = ServerOptions.names + AmountLimits.settings.map(\.name) + TimeLimits.settings.map(\.name)

    func run() throws {
        let configuration: ServeConfiguration
        do {
            configuration = try ServeConfiguration(self, environment: ProcessInfo.processInfo.environment)
        } catch {
            StandardStream.error.write("Error: \(error)\nSee 'tributary serve --help'.\n")
            throw ExitCode.validationFailure
        }
        try serve(configuration)
    }
}

extension ServeConfiguration {
    /// What a command line means.
    init(arguments: [String], environment: [String: String]) throws {
        self = try ServeConfiguration(ServeCommand.parse(arguments), environment: environment)
    }
}
