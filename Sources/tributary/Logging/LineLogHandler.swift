import Logging

/// Writes one line per event, as text or as JSON.
///
/// The message names the event (`request_ended`); everything else is metadata, sorted by key. Values come from clients and
/// upstreams, so they are bounded, and nothing in them can start a new line or look like another field.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let format: LogSettings.Format
    /// Unix milliseconds; a property so that tests can stop the clock.
    var now: @Sendable () -> Int64 = LogTime.now
    /// Takes one whole line, with its end.
    let write: @Sendable (String) -> Void

    /// Makes this the handler of every `Logger` in the process, writing to stderr. Call it once, before any `Logger` is made.
    static func bootstrap(_ settings: LogSettings) {
        LoggingSystem.bootstrap { _ in
            LineLogHandler(logLevel: settings.level, format: settings.format, write: { StandardStream.error.offer($0) })
        }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let time = LogTime.text(now())
        var line = ""
        switch format {
        case .text:
            line = "\(time) \(event.level) \(LogText.bounded("\(event.message)"))"
            for (key, value) in fields { line += " \(key)=\(LogText.text(LogText.bounded("\(value)")))" }
        case .json:
            line = "{\"at\":\"\(time)\",\"level\":\"\(event.level)\",\"event\":"
            line += JSONText.quoted(LogText.bounded("\(event.message)"))
            for (key, value) in fields {
                line += ",\(JSONText.quoted(key)):\(LogText.json(LogText.bounded("\(value)")))"
            }
            line += "}"
        }
        write(line + "\n")
    }
}
