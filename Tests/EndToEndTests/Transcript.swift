import Foundation
import Testing

/// One golden transcript (`Tests/Fixtures/protocol`, whose README describes the format): what clients, upstream and clock do,
/// and every frame that comes of it.
struct Transcript: CustomTestStringConvertible, Sendable {
    /// Which server plays it.
    enum Stage: String, Sendable {
        /// The core, with a made-up clock and upstream.
        case core
        /// The real program, for what its transport does.
        case program
    }

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    let title: String
    let stage: Stage
    /// The program's settings that differ from the defaults, by flag without its dashes.
    let settings: [String: String]
    /// The API key that the server has for its upstream.
    let key: String?
    /// Its upstreams, where they are not the usual one.
    let upstreams: [TranscriptUpstream]
    /// Whether the server counts tokens.
    let countsTokens: Bool
    /// All lines, the first (the header) included.
    let lines: [Line]

    var testDescription: String { name }

    /// One line, as text and as an object.
    struct Line: Sendable {
        let number: Int
        let text: String
        let step: TranscriptStep
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/protocol")

    /// All of them, by name.
    static let all: [Transcript] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { name in
            do { return try Transcript(contentsOf: folder.appendingPathComponent(name)) } catch {
                preconditionFailure("\(name): \(error)")
            }
        }
    }()

    init(contentsOf file: URL) throws {
        name = file.deletingPathExtension().lastPathComponent
        let text = try String(contentsOf: file, encoding: .utf8)
        lines = try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().enumerated().map {
            do { return Line(number: $0 + 1, text: String($1), step: try TranscriptStep(String($1))) } catch {
                throw Malformed(description: "line \($0 + 1): \(error)")
            }
        }
        guard case .header(let header) = lines.first?.step, let stage = Stage(rawValue: header.stage) else {
            throw Malformed(description: "the first line is no header")
        }
        title = header.title
        self.stage = stage
        settings = header.settings
        key = header.key
        upstreams = header.upstreams
        countsTokens = header.countsTokens
    }

    /// The first failure is the telling one: what follows from it is not worth reading.
    struct Mismatch: Error, CustomStringConvertible {
        let description: String
        init(_ line: Line?, _ description: String) {
            self.description = line.map { "line \($0.number), \($0.text.prefix(200)): " + description } ?? description
        }
    }
}
