import ArgumentParser

/// The program: `tributary serve`, `check`, `models`, `demo-upstream`.
@main
struct Tributary: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "tributary",
        abstract: "A WebSocket bridge for LLM chat: many streams flow in, one session flows out.",
        version: version,
        subcommands: [ServeCommand.self, CheckCommand.self, ModelsCommand.self, DemoUpstreamCommand.self])
}
