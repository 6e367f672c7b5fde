/// A place in a text file; lines and columns count from 1, columns in Unicode scalars.
struct FilePlace: Equatable, Sendable {
    var line: Int
    var column: Int
}

/// Something that is wrong in a configuration file. It names the place and the setting, and never repeats a value: that may be
/// a key in the wrong line.
struct FileProblem: Error, Equatable, Sendable, CustomStringConvertible {
    enum Severity: Sendable {
        case error
        /// Odd, but it can be meant.
        case warning
    }

    var severity = Severity.error
    /// The path by which the file was given.
    var file: String
    /// Nil where the file as a whole cannot be read.
    var place: FilePlace?
    /// `upstreams.azure.key`; empty for the file as a whole.
    var field: String
    var message: String

    /// `tributary.yaml:12:5: upstreams.azure.key: the file holds no key.`
    var description: String {
        var parts = [place.map { "\(file):\($0.line):\($0.column)" } ?? file]
        if severity == .warning { parts.append("warning") }
        if !field.isEmpty { parts.append(field) }
        return (parts + [message]).joined(separator: ": ")
    }
}

/// Collects the problems of one file, so that all of them can be told at once. Shared by the values that are read from it, on one
/// thread.
final class FileProblems {
    let file: String
    private(set) var all: [FileProblem] = []

    init(file: String) { self.file = file }

    var errors: [FileProblem] { all.filter { $0.severity == .error } }

    func add(_ message: String, field: String, at place: FilePlace?, _ severity: FileProblem.Severity = .error) {
        all.append(FileProblem(severity: severity, file: file, place: place, field: field, message: message))
    }

    /// In the order of the file.
    var sorted: [FileProblem] {
        all.enumerated().sorted { first, second in
            let (left, right) = (first.element.place, second.element.place)
            return (left?.line ?? 0, left?.column ?? 0, first.offset) < (
                right?.line ?? 0, right?.column ?? 0, second.offset
            )
        }.map(\.element)
    }
}
