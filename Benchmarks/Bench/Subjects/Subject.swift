import Foundation
import LoadKit

/// One server under measure: a fresh process, in front of the paced source. It ends when it is let go of.
final class Subject {
    let name: SubjectName
    /// Where it listens, on 127.0.0.1.
    let port: UInt16
    /// When it said that it listens, monotonic ns.
    let listeningAt: UInt64
    private let process: ChildProcess
    /// nginx's own; removed at the end.
    private let folder: URL?

    /// Starts it and waits until it listens.
    /// - Parameter upstream: the source's base URL, `http://127.0.0.1:PORT/v1`.
    init(_ name: SubjectName, upstream: String, places: Places) throws {
        self.name = name
        switch name {
        case .tributary:
            folder = nil
            process = try ChildProcess(
                name.rawValue,
                [
                    places.program, "serve", "--port", "0", "--log-level", "error", "--upstream-url", upstream,
                    // Any folder will do: nobody asks for its files.
                    "--public", places.peers,
                ])
            port = try process.readPort()
        case .node:
            folder = nil
            process = try ChildProcess(
                name.rawValue, ["/usr/bin/node", places.peers + "/node-bridge.mjs", upstream])
            port = try process.readPort()
        case .nginx:
            let folder = try Places.makeTemporaryFolder()
            self.folder = folder
            port = try LocalPort.findFree()
            let configuration = try NginxConfiguration(
                template: places.peers + "/nginx.conf", folder: folder, port: port, upstream: upstream)
            process = try ChildProcess(
                name.rawValue,
                ["/usr/sbin/nginx", "-p", folder.path, "-e", "stderr", "-c", configuration.path])
            try LocalPort.waitUntilTaken(port)
        }
        listeningAt = MonotonicClock.now()
    }

    deinit {
        process.stop()
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }

    /// When it was started, monotonic ns.
    var startedAt: UInt64 { process.startedAt }

    /// What it has used and holds now.
    func figures() throws -> ProcessFigures {
        guard let figures = ProcessFigures(of: process.identifier) else {
            throw ChildProcess.Failure(description: "\(name.rawValue) has ended unexpectedly")
        }
        return figures
    }
}
