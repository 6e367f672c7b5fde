import ByteCoding
import ChatProtocol
import Providers
import Tokenizer

/// What is to be counted of an answer whose upstream has not said what it cost, or not all of it. Made when the outcome is
/// decided; on the loop thread.
final class UsageTally {
    /// Each is the content of a JSON string, escaped: the prompt's texts, then the answer's.
    let texts: [[UInt8]]
    /// Texts of the prompt; none where the upstream has told its size.
    private let promptCount: Int
    /// Which of the texts are reasoning.
    private let reasoning: Range<Int>
    /// Tool calls of the answer, by choice.
    private let calls: [Int]
    /// What the upstream has said so far; its count of the output is not its last.
    private let known: TokenUsage?
    /// Tokens that were read and not kept, about.
    private let drainedTokens: Int
    private let unit: TokenUnit

    /// The counts, once they are there.
    private var counted: (counts: [Int], isExact: Bool)?

    init(prompt: [[UInt8]], answer: Answer, known: TokenUsage?, drainedTokens: Int, unit: TokenUnit) {
        self.known = known
        self.drainedTokens = drainedTokens
        self.unit = unit
        promptCount = prompt.count
        var texts = prompt
        for choice in answer.choices where !choice.reasoning.isEmpty { texts.append(choice.reasoning) }
        reasoning = prompt.count..<texts.count
        for choice in answer.choices {
            for text in [choice.text, choice.refusal] where !text.isEmpty { texts.append(text) }
            for call in choice.toolCalls { texts += [call.name, call.arguments] }
        }
        self.texts = texts
        calls = answer.choices.map(\.toolCalls.count)
    }

    func take(_ counts: [Int], isExact: Bool) {
        guard counts.count == texts.count else { return }
        counted = (counts, isExact)
    }

    /// By the counts, or where they have not come by the length of the texts.
    var usage: Usage {
        let counts =
            counted?.counts ?? texts.map { TokenEstimate.count(escaped: $0.span, bytesPerToken: unit.bytesPerToken) }
        let prompt = counts[..<promptCount].reduce(0, +)
        // The cookbook's count of a chat: marks and role for each message, and the beginning of the reply.
        let marks = ChatOverhead.perMessage * promptCount + ChatOverhead.replyPriming
        let output =
            counts[promptCount...].reduce(0, +) + calls.reduce(0) { $0 + ChatOverhead.toolCalls($1) } + drainedTokens
        let thoughts = counts[reasoning].reduce(0, +)
        if let known, known.output > output { return Usage(known) }
        return Usage(
            input: known?.input ?? (promptCount == 0 ? 0 : prompt + marks), output: output,
            reasoning: thoughts == 0 ? known?.reasoning : thoughts, cached: known?.cached,
            source: counted?.isExact == true && drainedTokens == 0 ? "estimated" : "calibrated")
    }
}
