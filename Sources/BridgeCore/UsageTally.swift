import ByteCoding
import ChatProtocol
import Providers
import Tokenizer

/// What is to be counted of an answer whose upstream has not said what it cost, or not all of it. Made when the outcome is
/// decided; on the loop thread.
final class UsageTally {
    /// The prompt as it was sent, unless the upstream has told its size, and the texts of the answer: first its reasoning.
    let source: TextSource
    /// How many of the answer's texts are reasoning.
    private let reasoningCount: Int
    /// Tool calls of the answer, by choice.
    private let calls: [Int]
    /// What the upstream has said so far; its count of the output is not its last.
    private let known: TokenUsage?
    /// Tokens that were read and not kept, about.
    private let drainedTokens: Int
    private let unit: TokenUnit

    /// The counts, once they are there.
    private var counted: (counts: [Int], isExact: Bool)?

    /// - Parameter body: the request's.
    init(body: (any RequestBody)?, answer: Answer, known: TokenUsage?, drainedTokens: Int, unit: TokenUnit) {
        self.known = known
        self.drainedTokens = drainedTokens
        self.unit = unit
        var texts: [[UInt8]] = []
        for choice in answer.choices where !choice.reasoning.isEmpty { texts.append(choice.reasoning) }
        reasoningCount = texts.count
        for choice in answer.choices {
            for text in [choice.text, choice.refusal] where !text.isEmpty { texts.append(text) }
            for call in choice.toolCalls { texts += [call.name, call.arguments] }
        }
        source = TextSource(body: body, texts: texts)
        calls = answer.choices.map(\.toolCalls.count)
    }

    func take(_ counts: [Int], isExact: Bool) {
        let promptCount = counts.count - source.texts.count
        guard promptCount == 0 || promptCount > 0 && source.body != nil else { return }
        counted = (counts, isExact)
    }

    /// By the counts, or where they have not come by length: of the texts or, where the loop has no time to look for them, of the
    /// body.
    var usage: Usage {
        let counts = counted?.counts ?? source.hastyEstimates(in: unit)
        let promptCount = counts.count - source.texts.count
        let prompt = counts[..<promptCount].reduce(0, +)
        let answer = counts[promptCount...]
        let output =
            answer.reduce(0, +) + calls.reduce(0) { $0 + ChatOverhead.toolCalls($1) } + drainedTokens
        let thoughts = answer.prefix(reasoningCount).reduce(0, +)
        if let known, known.output > output { return Usage(known) }
        return Usage(
            input: known?.input ?? (promptCount == 0 ? 0 : prompt + ChatOverhead.replyPriming), output: output,
            reasoning: thoughts == 0 ? known?.reasoning : thoughts, cached: known?.cached,
            source: counted?.isExact == true && drainedTokens == 0 ? "estimated" : "calibrated")
    }
}
