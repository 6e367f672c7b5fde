import BridgeTestKit
import Foundation
import Testing

/// What an aborted answer of OpenAI's models has cost, counted with their vocabularies.
@Suite("Counting what was aborted")
struct CountedAbortTests {
    private static let vocabularies = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../vendor/tokenizers").standardized.path

    /// Streams `events`, whose text is `text`, stalls, and aborts once a tab has all of it. Returns the usage, and the log. The
    /// vocabulary is there by then, or known to be missing: an answer before this one has asked for it.
    private func usage(
        ofAborted events: [String], saying text: String, tokenizers: String = vocabularies
    ) throws -> (usage: [String: Any], log: String) {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        upstream.answer(Script([.streamHead, .event(Self.event("warm")), .event("[DONE]")]))
        let server = try ServerProcess(upstream: upstream.url + "/v1", ["--tokenizers", tokenizers])
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("before", model: "gpt-4o")
        _ = try tab.waitForEnd(of: "before")
        try server.wait(for: "the vocabulary", seconds: 60) { server.log.contains("vocabulary_") }
        upstream.answer(Script([.streamHead] + events.map(Script.Step.event) + [.stall]))
        try tab.chat("r", model: "gpt-4o")
        try tab.wait(until: { $0.requests["r"]?.answer == text })
        try tab.abort("r")
        #expect(try tab.waitForEnd(of: "r") == "aborted")
        let end = try #require(tab.model.frames.last { $0.request == "r" })
        let log = server.log
        #expect(try server.stop() == 0)
        return (end.object("usage"), log)
    }

    private static func event(_ text: String) -> String {
        #"{"model":"gpt-4o","choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"#
    }

    @Test("a short answer is counted to the token")
    func exactly() throws {
        let words = ["one", " two", " three", " four", " five", " six", " seven", " eight"]
        let (usage, log) = try usage(ofAborted: words.map(Self.event), saying: words.joined())
        #expect(usage["source"] as? String == "estimated")
        #expect(usage["output"] as? Int == 8)
        // Three marks, a role and a word, and the beginning of the reply.
        #expect(usage["input"] as? Int == 8)
        #expect(log.contains("vocabulary_loaded"), "\(log)")
    }

    @Test("without the vocabularies a factor serves, and the frame and the log say so")
    func byFactor() throws {
        let folder = try TemporaryFolder()
        let words = ["one", " two", " three", " four", " five", " six", " seven", " eight"]
        let (usage, log) = try usage(
            ofAborted: words.map(Self.event), saying: words.joined(), tokenizers: folder.path)
        #expect(usage["source"] as? String == "calibrated")
        #expect((4...16).contains(usage["output"] as? Int ?? 0))
        #expect(log.contains("vocabulary_missing"), "\(log)")
    }

    /// Recorded answers in which each piece of text is one token, as their bills say.
    @Test(
        "recorded answers, aborted anywhere, cost what they were billed for until then, within 2 %",
        .enabled(
            if: ProcessInfo.processInfo.environment["TRIBUTARY_RECORDINGS"] != nil,
            "TRIBUTARY_RECORDINGS is not set: NO ABORTED ANSWER IS COMPARED WITH A BILL"),
        arguments: [("long_text", 177), ("vercel_text_obfuscation", 300)], [0.3, 0.7, 1])
    func recorded(_ recording: (name: String, billed: Int), part: Double) throws {
        let folder = try #require(ProcessInfo.processInfo.environment["TRIBUTARY_RECORDINGS"])
        let stream = try String(contentsOfFile: "\(folder)/openai/\(recording.name).sse", encoding: .utf8)
        let pieces = stream.split(separator: "\n").compactMap { line -> (event: String, text: String)? in
            guard line.hasPrefix("data: {") else { return nil }
            let event = String(line.dropFirst(6))
            let json = try? JSONSerialization.jsonObject(with: Data(event.utf8)) as? [String: Any]
            let choice = (json?["choices"] as? [[String: Any]])?.first
            let text = (choice?["delta"] as? [String: Any])?["content"] as? String ?? ""
            return text.isEmpty ? nil : (event, text)
        }
        #expect(pieces.count == recording.billed)
        let heard = pieces.prefix(Int(Double(pieces.count) * part))
        let (usage, _) = try usage(ofAborted: heard.map(\.event), saying: heard.map(\.text).joined())
        #expect(usage["source"] as? String == "estimated")
        let output = try #require(usage["output"] as? Int)
        #expect(abs(output - heard.count) * 50 <= heard.count, "\(output) counted, \(heard.count) billed")
    }
}
