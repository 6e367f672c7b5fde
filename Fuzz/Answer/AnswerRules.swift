import ByteCoding
import Foundation
import Fuzzing
import Providers

/// What must be true of every answer, whatever the upstream sent.
extension HeardAnswer {
    private struct Place: Hashable {
        let kind: Delta.Kind
        let choice: Int
        let toolIndex: Int
    }

    func judge(dialect: Dialect, limits: DecoderLimits) {
        var texts: [Place: [UInt8]] = [:]
        for piece in pieces {
            demand(piece.choice < limits.maxChoices, "choices are bounded")
            demand(piece.kind == .toolCall || piece.id.isEmpty && piece.name.isEmpty, "only calls have ids and names")
            demand(piece.kind == .toolCall || !piece.content.isEmpty, "no delta says nothing")
            if piece.kind == .extra {
                Self.judge(value: piece.content)
                demand(piece.content.first == UInt8(ascii: "{"), "what there are no words for is an object")
                continue
            }
            for content in [piece.content, piece.id, piece.name] { Self.judge(content: content) }
            if !piece.logprobs.isEmpty { Self.judge(value: piece.logprobs) }
            let place = Place(kind: piece.kind, choice: piece.choice, toolIndex: piece.toolIndex)
            texts[place, default: []] += piece.content
        }
        // Escaped pieces concatenate: that is what makes merging free. Foundation refuses a surrogate that is alone.
        for text in texts.values { Self.judge(value: Self.quoted(text)) }
        let calls = Set(pieces.filter { $0.kind == .toolCall }.map { [$0.choice, $0.toolIndex] })
        demand(calls.count <= limits.maxToolCalls, "tool calls are bounded")
        // Chat completions number them: that number stays.
        for call in calls where call[1] > 0 && dialect != .chatCompletions {
            demand(calls.contains([call[0], call[1] - 1]), "tool calls are numbered densely")
        }
        if let extra { Self.judge(value: extra) }
        judgeState()
    }

    private func judgeState() {
        switch state {
        case .streaming, .done: break
        case .failed(let error): demand(error.body.utf8.count <= ProviderError.maxBodyBytes, "an excerpt is bounded")
        case .malformed(let sentence): demand(sentence.hasSuffix("."), "a sentence ends in a full stop")
        }
        for reason in finishReasons { demand(!reason.reason.isEmpty, "a reason is a word") }
        if let usage { demand(usage.input >= 0 && usage.output >= 0, "counts count") }
    }

    /// Escaped text stands between quotes, on one line, as it is.
    private static func judge(content: [UInt8]) {
        judge(value: quoted(content))
    }

    private static func judge(value: [UInt8]) {
        demand(String(validating: value, as: UTF8.self) != nil, "what is sent on is UTF-8, as Swift sees it")
        demand(!value.contains { $0 < 0x20 }, "what is sent on stands on one line")
        let isJSON = (try? JSONSerialization.jsonObject(with: Data(value), options: .fragmentsAllowed)) != nil
        demand(isJSON || !value.starts(with: [UInt8(ascii: "\"")]), "what is sent on is JSON")
        demand(isJSON || isReadable(value), "what is sent on is JSON, if with numbers that Foundation cannot hold")
    }

    private static func isReadable(_ value: [UInt8]) -> Bool {
        var reader = JSONReader(value.span)
        do throws(JSONError) {
            try reader.skipValue()
            try reader.finish()
            return true
        } catch {
            return false
        }
    }

    private static func quoted(_ content: [UInt8]) -> [UInt8] {
        [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
    }
}
