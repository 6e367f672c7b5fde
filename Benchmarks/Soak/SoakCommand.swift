import ArgumentParser
import Foundation
import LoadKit

/// `tributary-soak MINUTES`: plays tabs against a server of its own and judges every frame; docs/soak.md says how.
@main
struct SoakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tributary-soak",
        abstract: "Tabs that come, go, stall, resume, chat and abort at random, for so many minutes.")

    @Argument(help: "How long to play.")
    var minutes: Double

    @Option(help: "Of the random choices. They are the same again; what the network makes of them need not be.")
    var seed: UInt64 = UInt64(MonotonicClock.now() / 1_000_000)

    @Option(help: "Tabs, some of which are away at any time.")
    var tabs = 300

    @Option(help: "Sessions that they share.")
    var sessions = 60

    @Option(help: "Actions of all tabs together, a second.")
    var actions = 150

    @Option(help: "Streams that may run at a time before nobody asks for more.")
    var streams = 80

    @Option(help: ArgumentHelp("The server's executable.", valueName: "path"))
    var program: String

    @Option(help: ArgumentHelp("Where samples.csv, curves.svg, summary.txt and the like go.", valueName: "folder"))
    var out = "soak-out"

    func run() throws {
        DescriptorLimit.raise(to: 4 * tabs + 2_000)
        let folder = URL(fileURLWithPath: out, isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        print("seed \(seed), \(tabs) tabs, \(sessions) sessions, \(minutes) minutes → \(folder.path)")
        let play = try Play(self, folder: folder)
        let report = try play.run()
        try report.write(to: folder)
        print(report.summary)
        guard report.complaints.isEmpty else { throw ExitCode.failure }
    }
}
