import Logging

/// What goes into the log and how it looks.
struct LogSettings: Equatable {
    enum Format: String, CaseIterable {
        /// For people: `time level event key=value …`.
        case text
        /// For machines: one JSON object a line.
        case json
    }

    var level = Logger.Level.info
    var format = Format.text

    init() {}

    init(level: GivenSetting?, format: GivenSetting?) throws(SettingError) {
        if let given = level {
            guard let level = Logger.Level(rawValue: given.text) else {
                let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw given.error(expected: "a log level: \(names)")
            }
            self.level = level
        }
        if let given = format {
            guard let format = Format(rawValue: given.text) else { throw given.error(expected: "text or json") }
            self.format = format
        }
    }
}
