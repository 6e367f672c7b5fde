import ArgumentParser

/// The options of `tributary serve` that are no limits. Texts as given; `ServeConfiguration` reads them.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Address to listen on; localhost means 127.0.0.1 and ::1. (default: 127.0.0.1)", valueName: "address"))
    var host: String?

    @Option(help: "Port to listen on; 0 takes a free one and prints it. (default: 8080)")
    var port: String?

    @Option(
        help: ArgumentHelp(
            "Configuration file (YAML) that names the upstreams; SIGHUP has it read again.", valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("upstream-url"),
        help: ArgumentHelp(
            "Base URL of the only upstream, such as http://127.0.0.1:11434/v1. (default: the demo upstream)",
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
            "Folder of OpenAI's vocabularies, as scripts/vendor brings them. Without it tokens are counted by a factor. (default: ./vendor/tokenizers, where it exists)",
            valueName: "folder"))
    var tokenizers: String?

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

    /// The settings' names, for the environment.
    static let names = [
        "host", "port", "config", "upstream-url", "api-key-env", "model", "public", "tokenizers",
        "allow-origin", "allow-host",
        "insecure",
        "log-level", "log-format",
    ]
}
