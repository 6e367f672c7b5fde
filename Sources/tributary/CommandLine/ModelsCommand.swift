import ArgumentParser
import Foundation
import Providers

/// `tributary models`: what is known of models.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Print the table of models: windows, modalities, prices, and how tokens are counted.",
        discussion: """
            The table is part of the program; a configuration file can say more, or something else, and then those lines come \
            first. A name that ends in * stands for all that begin so; the longest one that fits counts. Where nothing is \
            printed, nothing is known.
            """)

    @Option(
        help: ArgumentHelp(
            "A configuration file, for what it says of models. (default: TRIBUTARY_CONFIG)", valueName: "file"))
    var config: String?

    @Argument(help: "Only what holds for this model.")
    var model: String?

    func run() throws {
        let source = SettingSource(environment: ProcessInfo.processInfo.environment)
        var models = ModelTable.builtIn
        if let file = source.given(config, "config") {
            let reading = ConfigurationReader(path: file.text, environment: source, models: models).read()
            guard let configuration = reading.configuration else {
                for problem in reading.problems { StandardStream.error.write("\(problem)\n") }
                throw ExitCode.failure
            }
            models = configuration.models
        }
        if let model {
            guard let entry = models.entry(for: model) else {
                StandardStream.error.write("Nothing is known of \(TextTable.printable(model)).\n")
                throw ExitCode.failure
            }
            StandardStream.output.write(ModelReport(entries: [entry]).text)
        } else {
            StandardStream.output.write(ModelReport(entries: models.overrides + models.entries).text)
            StandardStream.output.write("\nLooked over on \(models.updated ?? "an unknown day").\n")
        }
    }
}
