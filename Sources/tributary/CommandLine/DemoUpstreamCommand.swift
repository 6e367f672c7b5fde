import ArgumentParser

/// `tributary demo-upstream`: something to talk to without a key.
struct DemoUpstreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-upstream",
        abstract: "Serve made-up answers in OpenAI's dialect, on this machine only.",
        discussion: """
            Models that answer: \(DemoModel.answering.map(\.rawValue).joined(separator: ", ")).
            Models that fail on purpose: \(DemoModel.failing.map(\.rawValue).joined(separator: ", ")).

            When it is ready it prints one line with its base URL; everything else goes to the log on stderr.
            """)

    @Option(help: "Port to listen on; 0 takes a free one and prints it.")
    var port: UInt16 = 8081

    @Option(help: ArgumentHelp("Speed of the model demo; 0 is as fast as possible.", valueName: "number"))
    var tokensPerSecond = 40.0

    @Option(
        help: ArgumentHelp("How long the models think before their first token. (default: 300ms)", valueName: "time"))
    var firstTokenDelay: String?

    @Option(help: ArgumentHelp("What to log. (default: info)", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("How the log looks: text or json. (default: text)", valueName: "format"))
    var logFormat: String?

    @Flag(help: "End when standard input ends, so that it never outlives the process that started it.")
    var exitWithStdin = false

    func validate() throws {
        _ = try pace()
        _ = try logSettings()
    }

    func run() throws {
        LineLogHandler.bootstrap(try logSettings())
        try DemoUpstreamServer(port: port, pace: pace()).run(exitWithStdin: exitWithStdin)
    }

    private func pace() throws -> DemoPace {
        guard tokensPerSecond >= 0, tokensPerSecond <= 1_000_000 else {
            throw ValidationError("--tokens-per-second must be from 0 to 1000000.")
        }
        var pace = DemoPace(tokensPerSecond: tokensPerSecond)
        if let firstTokenDelay {
            guard let delay = DurationArgument(firstTokenDelay), delay.milliseconds <= 3_600_000 else {
                throw ValidationError("--first-token-delay must be \(DurationArgument.expected), at most an hour.")
            }
            pace.firstTokenDelay = .milliseconds(delay.milliseconds)
        }
        return pace
    }

    private func logSettings() throws -> LogSettings {
        do {
            return try LogSettings(
                level: logLevel.map { GivenSetting(origin: "--log-level", text: $0) },
                format: logFormat.map { GivenSetting(origin: "--log-format", text: $0) })
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
