import ArgumentParser
import Foundation
import LoadKit

/// The measuring itself.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure, and print a table.",
        discussion: """
            Scenarios: \(ScenarioName.allCases.map(\.rawValue).joined(separator: ", ")).

            scripts/bench --install-peers installs the peers first (Node, its ws package, and nginx, from Debian).
            """)

    @Flag(help: "Smaller loads: to see that it works, not to quote.")
    var quick = false

    @Option(help: ArgumentHelp("Only these scenarios.", valueName: "name,…"))
    var only: String?

    @Option(help: ArgumentHelp("How often to measure everything; medians are reported.", valueName: "number"))
    var runs = 1

    @Option(help: ArgumentHelp("Write all values there.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Draw the comparison there.", valueName: "file"))
    var svg: String?

    @Option(
        help: ArgumentHelp("Write the tables there: between the markers of a page that has them.", valueName: "file"))
    var markdown: String?

    @Flag(help: "Measure Tributary alone.")
    var noPeers = false

    @Option(help: ArgumentHelp("Where the peers' files lie.", valueName: "folder", visibility: .hidden))
    var peersFolder = "Benchmarks/Peers"

    func validate() throws {
        guard (1...100).contains(runs) else { throw ValidationError("--runs must be from 1 to 100.") }
        _ = try scenarios()
    }

    func run() throws {
        // The children inherit it.
        DescriptorLimit.raise(to: 1 << 20)
        let places = try Places(peers: peersFolder)
        let surroundings = Surroundings(arguments: wordsToRepeat)
        say(surroundings.text)

        let session = try BenchSession(
            bench: Workbench(places: places), scenarios: scenarios(), isQuick: quick, withPeers: !noPeers)
        for run in 1...runs {
            say(runs > 1 ? "\nRun \(run) of \(runs)" : "")
            session.measure()
        }
        say("\n" + (runs > 1 ? "Medians of \(runs) runs" : "All of it"))
        session.printTables()
        try write(session.results, surroundings)
        if !session.isClean { throw ExitCode.failure }
    }

    private func write(_ results: Results, _ surroundings: Surroundings) throws {
        if let json { try JSONReport(results, surroundings).write(to: json) }
        if let markdown { try MarkdownReport(results, surroundings, runs: runs).write(to: markdown) }
        guard let svg else { return }
        let caption = "\(surroundings.date.prefix(10)), \(surroundings.processor), \(surroundings.cores) cores"
        if let picture = BarPicture(results, caption: caption) {
            try picture.svg.write(toFile: svg, atomically: true, encoding: .utf8)
        } else {
            say("No picture: nothing that it shows was measured beside the Node bridge.")
        }
    }

    private func scenarios() throws -> [ScenarioName] {
        guard let only else { return ScenarioName.allCases }
        return try only.split(separator: ",").map { word in
            guard let name = ScenarioName(rawValue: String(word)) else {
                throw ValidationError("There is no scenario \(word).")
            }
            return name
        }
    }

    /// What decides about the numbers; where they are written to does not.
    private var wordsToRepeat: [String] {
        (quick ? ["--quick"] : []) + (only.map { ["--only", $0] } ?? []) + (runs > 1 ? ["--runs", "\(runs)"] : [])
            + (noPeers ? ["--no-peers"] : [])
    }
}
