import Foundation

/// Where things lie on this machine.
struct Places {
    /// This program.
    let ownProgram: String
    /// The server's program: beside this one.
    let program: String
    /// The folder with the peers' files.
    let peers: String

    init(peers: String) throws {
        ownProgram = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        program = URL(fileURLWithPath: ownProgram).deletingLastPathComponent().appendingPathComponent("tributary").path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw ChildProcess.Failure(description: "there is no \(program): build it first, as scripts/bench does")
        }
        self.peers = peers
    }

    static func makeTemporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
