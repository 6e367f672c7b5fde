import ArgumentParser

@main
struct TributaryBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tributary-bench",
        abstract: "Measures the release build of Tributary, beside its peers where they are installed.",
        subcommands: [RunCommand.self, UpstreamCommand.self], defaultSubcommand: RunCommand.self)
}
