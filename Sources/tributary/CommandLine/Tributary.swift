import ArgumentParser

/// The program: `tributary serve`, `tributary demo-upstream`.
@main
struct Tributary: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "tributary",
        abstract: "A WebSocket bridge for LLM chat: many streams flow in, one session flows out.",
        version: version,
        subcommands: [ServeCommand.self, DemoUpstreamCommand.self])
}
