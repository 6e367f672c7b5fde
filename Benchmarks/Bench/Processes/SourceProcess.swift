import LoadKit

/// The paced source as a process of its own: this program, as `tributary-bench upstream`. All servers stream from it, one after
/// another.
final class SourceProcess {
    private let process: ChildProcess
    /// What a server is given as its upstream.
    let baseURL: String

    init(_ places: Places) throws {
        process = try ChildProcess("the paced source", [places.ownProgram, "upstream"])
        let port = try process.readPort()
        baseURL = "http://127.0.0.1:\(port)/v1"
    }

    func stop() { process.stop() }

    func figures() throws -> ProcessFigures {
        guard let figures = ProcessFigures(of: process.identifier) else {
            throw ChildProcess.Failure(description: "the paced source has ended unexpectedly")
        }
        return figures
    }

    /// When the transfers were closed by their peer that were so since the last call: monotonic ns, by what they were asked.
    func takeClosings() throws -> [String: UInt64] {
        try process.write(line: "closings")
        var closings: [String: UInt64] = [:]
        while case let line = try process.readLine(), line != "." {
            let words = line.split(separator: " ")
            guard words.count == 2, let at = UInt64(words[1]) else { continue }
            closings[String(words[0])] = at
        }
        return closings
    }
}
