import Foundation
import Testing

/// The golden transcripts are the protocol by example: for other clients' authors, for the schemas and for the page. Here the
/// server proves that they are true.
@Suite("Golden transcripts")
struct GoldenTranscriptTests {
    @Test("the core answers as written, frame for frame", arguments: Transcript.all.filter { $0.stage == .core })
    func core(_ transcript: Transcript) throws {
        let stage = try TranscriptOnCore(transcript)
        if let folder = ProcessInfo.processInfo.environment["TRIBUTARY_RECORD_TRANSCRIPTS"] {
            try stage.play(isRecording: true)
            let text = stage.record.joined(separator: "\n") + "\n"
            try text.write(toFile: "\(folder)/\(transcript.name).jsonl", atomically: true, encoding: .utf8)
        } else {
            try stage.play()
        }
    }

    @Test("the program answers as written", arguments: Transcript.all.filter { $0.stage == .program })
    func program(_ transcript: Transcript) throws {
        try TranscriptOnProgram(transcript).play()
    }
}
