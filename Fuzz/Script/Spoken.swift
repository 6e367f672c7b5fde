import ByteCoding
import Fuzzing
import Providers

/// What an upstream has said to one request, as a decoder of its own hears it: what every tab must have in the end.
struct Spoken {
    struct Place: Hashable {
        let kind: Delta.Kind
        let choice: Int
    }

    private var decoder = AnswerDecoder(dialect: .chatCompletions, contentType: "text/event-stream")
    /// Escaped.
    private var contents: [Place: [UInt8]] = [:]

    /// The limits of the server are to be kept by the server; a decoder that has had enough hears no more.
    init() {}

    mutating func hear(_ text: String) {
        var batch = DeltaBatch()
        let bytes = Array(text.utf8)
        decoder.feed(bytes.span, into: &batch)
        take(batch)
    }

    mutating func end() {
        var batch = DeltaBatch()
        decoder.finish(into: &batch)
        take(batch)
    }

    private mutating func take(_ batch: DeltaBatch) {
        for delta in batch.deltas {
            let place = Place(kind: delta.kind, choice: Int(delta.choice))
            contents[place, default: []] += batch.bytes[delta.contentRange]
        }
    }

    /// By choice, without those where nothing was said.
    func texts(_ kind: Delta.Kind) -> [Int: String] {
        var texts: [Int: String] = [:]
        for (place, content) in contents where place.kind == kind && !content.isEmpty {
            texts[place.choice] = Self.text(content)
        }
        return texts
    }

    private static func text(_ content: [UInt8]) -> String {
        let json = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
        var reader = JSONReader(json.span)
        do throws(JSONError) {
            return try reader.readString()
        } catch {
            demand(false, "what a decoder gives is the content of a string")
            return ""
        }
    }
}
