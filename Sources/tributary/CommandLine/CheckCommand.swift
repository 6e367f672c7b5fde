import ArgumentParser
import Foundation
import Providers

/// `tributary check`: is this configuration good?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration file, and with --live the upstreams that it names.",
        discussion: """
            Every problem is said, one a line, as FILE:LINE:COLUMN: SETTING: what is wrong. The exit status is 0 where the file \
            can be used and, with --live, every upstream has answered; else 1.

            --live asks each upstream for its models, all at once, with the server's key; nothing is generated, and nothing is \
            paid.
            """)

    @Option(help: ArgumentHelp("The file. (default: TRIBUTARY_CONFIG)", valueName: "file"))
    var config: String?

    @Flag(help: "Ask every upstream whether it answers and takes the key.")
    var live = false

    @Option(help: ArgumentHelp("How long --live waits for an upstream. (default: 10s)", valueName: "time"))
    var timeout: String?

    func run() throws {
        let source = SettingSource(environment: ProcessInfo.processInfo.environment)
        guard let file = source.given(config, "config") else {
            throw ValidationError("Which file? Say --config FILE, or set TRIBUTARY_CONFIG.")
        }
        let patience = try patience()
        let reading = ConfigurationReader(path: file.text, environment: source, models: .builtIn).read()
        for problem in reading.problems { StandardStream.error.write("\(problem)\n") }
        guard let configuration = reading.configuration else { throw ExitCode.failure }
        StandardStream.output.write(UpstreamReport(configuration: configuration).text)
        guard live else { return }
        let findings = try LiveCheck.findings(of: configuration, patience: patience)
        StandardStream.output.write("\n\(LiveCheck.report(findings))")
        guard findings.allSatisfy(\.isGood) else { throw ExitCode.failure }
    }

    /// Milliseconds.
    private func patience() throws -> UInt64 {
        guard let timeout else { return 10_000 }
        guard let time = DurationArgument(timeout), (1...600_000).contains(time.milliseconds) else {
            throw ValidationError("--timeout must be \(DurationArgument.expected), at most 10m.")
        }
        return time.milliseconds
    }
}
