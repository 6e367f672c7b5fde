import BridgeCore
import BridgeTestKit
import Foundation
import Testing
import TokenCounting
import Tokenizer
import UVLoop

/// A loop with a counter on it, whose vocabularies are small ones of a folder of its own.
final class Counter {
    struct Answer: Equatable {
        var counts: [Int]
        var isExact: Bool
    }

    let loop: UVLoop
    let folder: URL
    let counting: TokenCounting
    private(set) var events: [TokenCountingEvent] = []

    /// All bytes, and the tokens of `words`; `files` says what is there.
    /// - Parameter gate: the thread that counts waits there before it reads a file.
    init(_ files: [Splitting: [String]], gate: Gate? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tokens-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (splitting, words) in files {
            try Data(Self.rankFile(words)).write(to: Self.file(splitting, in: folder))
        }
        loop = try UVLoop()
        final class Report { var body: (TokenCountingEvent) -> Void = { _ in } }
        let report = Report()
        let vocabularies = VocabularyFolder(path: folder.path)
        counting = try TokenCounting(
            loop: loop,
            source: { (splitting) throws(VocabularyError) in
                gate?.wait(milliseconds: 60_000)
                return try vocabularies.load(splitting)
            }, report: { report.body($0) })
        report.body = { [unowned self] in events.append($0) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static func file(_ splitting: Splitting, in folder: URL) -> URL {
        folder.appending(path: "\(splitting)_base.tiktoken")
    }

    static func rankFile(_ words: [String]) -> [UInt8] {
        let tokens = (0...255).map { Data([UInt8($0)]) } + words.map { Data($0.utf8) }
        return Array(tokens.enumerated().map { "\($1.base64EncodedString()) \($0)\n" }.joined().utf8)
    }

    /// Runs the loop until there is an answer; it has to come in a later turn than that of the call if `later`.
    func count(
        _ texts: [String], in unit: TokenUnit, later: Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        try count(
            TextSource(texts: texts.map { Array($0.utf8) }), in: unit, later: later, sourceLocation: sourceLocation)
    }

    func count(
        _ source: TextSource, in unit: TokenUnit, later: Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        var answers: [Answer] = []
        counting.count(source, in: unit) { answers.append(Answer(counts: $0, isExact: $1)) }
        #expect(answers.isEmpty == later, sourceLocation: sourceLocation)
        run { !answers.isEmpty }
        #expect(answers.count == 1, sourceLocation: sourceLocation)
        return try #require(answers.first, sourceLocation: sourceLocation)
    }

    /// The same of a body with a prompt of these messages, and of further texts.
    func count(
        prompt messages: [String], _ texts: [String] = [], in unit: TokenUnit, later: Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        let list = messages.map { #"{"role":"user","content":"\#($0)"}"# }.joined(separator: ",")
        let body = #"{"model":"not counted","messages":[\#(list)],"user":"nor this"}"#
        return try count(
            TextSource(body: FakeBody(Array(body.utf8)), texts: texts.map { Array($0.utf8) }), in: unit,
            later: later,
            sourceLocation: sourceLocation)
    }

    /// Runs turns until `condition` holds.
    func run(until condition: () -> Bool) {
        let deadline = loop.makeTimer()
        var isLate = false
        deadline.start(after: 60_000) { isLate = true }
        while !condition(), !isLate { loop.runOnce() }
        #expect(!isLate, "waited a minute in vain")
        deadline.close()
    }

    /// Closes the counter, then the loop, which must have nothing left.
    func close(sourceLocation: SourceLocation = #_sourceLocation) {
        counting.close()
        #expect(loop.close() == 0, "still open: \(loop.openHandles)", sourceLocation: sourceLocation)
    }
}
