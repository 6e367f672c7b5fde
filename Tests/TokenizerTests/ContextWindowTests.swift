import BridgeTestKit
import Testing
import Tokenizer

private typealias Message = ContextWindow.Message

/// Conversations in short: `s` system, `u` user, `a` assistant, `c1` an assistant that calls 1 (`c12`: 1 and 2), `t1`
/// the result of call 1; a number of tokens behind a colon (10 where there is none).
private func conversation(_ text: String) -> [Message] {
    text.split(separator: " ").map { word in
        let parts = word.split(separator: ":")
        let ids = parts[0].dropFirst().map { String($0) }
        let tokens = parts.count > 1 ? Int(parts[1]) ?? 0 : 10
        return switch parts[0].first {
        case "s": Message(role: .system, tokens: tokens)
        case "u": Message(role: .user, tokens: tokens)
        case "t": Message(role: .tool, tokens: tokens, answers: ids[0])
        default: Message(role: .assistant, tokens: tokens, calls: ids)
        }
    }
}

@Suite("Truncation of a conversation")
struct ContextWindowTests {
    struct Row: CustomTestStringConvertible {
        var rule: String
        var messages: String
        var budget: Int
        var keepsSystem = true
        /// Indices; nil where the budget is too small.
        var kept: [Int]?
        var least: Int?
        var testDescription: String { rule }
    }

    static let rows = [
        Row(rule: "nothing is nothing", messages: "", budget: 0, kept: []),
        Row(rule: "what fits stays whole", messages: "s u a u", budget: 40, kept: [0, 1, 2, 3]),
        Row(rule: "the oldest turn goes first, whole", messages: "s u a u a u", budget: 59, kept: [0, 3, 4, 5]),
        Row(rule: "a turn that half fits goes", messages: "s u a u a u", budget: 25, kept: [0, 5]),
        Row(rule: "older turns do not fill what a long one left", messages: "u:5 a:5 u:50 a u", budget: 30, kept: [4]),
        Row(rule: "the newest user message is the least", messages: "s u a u", budget: 19, least: 20),
        Row(rule: "a system message in between stays", messages: "u a s u a u", budget: 20, kept: [2, 5]),
        Row(rule: "system messages may go", messages: "s u a u", budget: 35, keepsSystem: false, kept: [1, 2, 3]),
        Row(
            rule: "a system message that may go is no reason to fail", messages: "s:100 u a u", budget: 10,
            keepsSystem: false, kept: [3]),
        Row(rule: "words before the first user message are a turn", messages: "a u a u", budget: 35, kept: [1, 2, 3]),
        Row(rule: "a call takes its result along", messages: "u c1 t1 a u", budget: 49, kept: [4]),
        Row(
            rule: "two results of one message stay together", messages: "u c12 t1 t2 a u", budget: 60,
            kept: [0, 1, 2, 3, 4, 5]),
        Row(
            rule: "results await their model with its call", messages: "u a u c12 t1 t2", budget: 40,
            kept: [2, 3, 4, 5]),
        Row(
            rule: "a round of calls is the least where it is the last", messages: "u a u c12 t1 t2", budget: 39,
            least: 40),
        Row(
            rule: "older rounds after the newest user message go first", messages: "u c1 t1 c2 t2 c3 t3", budget: 50,
            kept: [0, 3, 4, 5, 6]),
        Row(
            rule: "rounds go before the newest user message does", messages: "u c1 t1 c2 t2 c3 t3", budget: 30,
            kept: [0, 5, 6]),
        Row(
            rule: "older turns go before rounds of the newest", messages: "u a u c1 t1 c2 t2", budget: 55,
            kept: [2, 3, 4, 5, 6]),
        Row(
            rule: "a call that is answered after the next question binds both", messages: "u a u c1 u t1 a", budget: 40,
            kept: [3, 4, 5, 6]),
        Row(
            rule: "ids that begin anew each round bind one round", messages: "u c1 t1 a u c1 t1 a u", budget: 50,
            kept: [4, 5, 6, 7, 8]),
        Row(
            rule: "the least is the last round, though its ids were there before", messages: "u c1 t1 u c1 t1",
            budget: 30, kept: [3, 4, 5]),
        Row(
            rule: "a call without an answer has not that of a later one", messages: "u c1 u c1 t1 a", budget: 40,
            kept: [2, 3, 4, 5]),
        Row(
            rule: "two answers to a call that comes again stay with theirs", messages: "u c1 t1 u t1 u c1 t1",
            budget: 39, kept: [5, 6, 7]),
        Row(rule: "a result without its call goes with what is before it", messages: "u a t9 u", budget: 30, kept: [3]),
        Row(rule: "an answer that is to be continued stays", messages: "u a u a", budget: 20, kept: [2, 3]),
        Row(rule: "without a user message the last one stays", messages: "a a a", budget: 20, kept: [1, 2]),
        Row(rule: "one message that is too long is said to be", messages: "u:11", budget: 10, least: 11),
    ]

    @Test("by table", arguments: rows)
    func table(row: Row) throws {
        do throws(ContextWindow.BudgetTooSmall) {
            let messages = conversation(row.messages)
            let selection = try ContextWindow.truncate(messages, budget: row.budget, keepsSystem: row.keepsSystem)
            #expect(selection.kept == row.kept)
            #expect(selection.tokens == selection.kept.reduce(0) { $0 + messages[$1].tokens })
            #expect(selection.omitted == messages.count - selection.kept.count)
        } catch {
            #expect(error.least == row.least)
            #expect(row.kept == nil)
        }
    }

    @Test("whatever the conversation, the rules hold", arguments: Seeds.of(20))
    func property(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let messages = Self.random(&generator)
            let budget = Int.random(in: 0...messages.count * 12 + 1, using: &generator)
            let keepsSystem = generator.chance(1, in: 2)
            do throws(ContextWindow.BudgetTooSmall) {
                let selection = try ContextWindow.truncate(messages, budget: budget, keepsSystem: keepsSystem)
                Self.check(selection, of: messages, budget: budget, keepsSystem: keepsSystem)
            } catch {
                #expect(error.least > budget)
                let least = try? ContextWindow.truncate(messages, budget: error.least, keepsSystem: keepsSystem)
                #expect(least?.tokens == error.least, "the least is enough, and needed")
            }
        }
    }

    private static func check(
        _ selection: ContextWindow.Selection, of messages: [Message], budget: Int, keepsSystem: Bool
    ) {
        let kept = Set(selection.kept)
        #expect(selection.kept == kept.sorted())
        #expect(selection.tokens <= budget)
        #expect(selection.tokens == selection.kept.reduce(0) { $0 + messages[$1].tokens })
        if kept.count == messages.count { return }
        #expect(messages.reduce(0) { $0 + $1.tokens } > budget, "nothing goes that need not")
        for (index, message) in messages.enumerated() {
            if keepsSystem, message.role == .system { #expect(kept.contains(index)) }
            for call in message.calls {
                guard let result = messages.firstIndex(where: { $0.answers == call }) else { continue }
                #expect(kept.contains(index) == kept.contains(result), "a call and its result are not parted")
            }
        }
        if let user = messages.lastIndex(where: { $0.role == .user }) { #expect(kept.contains(user)) }
        let first = selection.kept.first { messages[$0].role != .system }
        if messages.first?.role == .user, let first {
            #expect(messages[first].role == .user || messages[first].role == .assistant)
        }
        if let first, let call = messages[first].answers {
            #expect(
                !messages.contains { $0.calls.contains(call) }, "it does not begin with a result that lost its call")
        }
    }

    private static func random(_ generator: inout SeededGenerator) -> [Message] {
        var messages: [Message] = []
        var open: [String] = []
        var calls = 0
        for _ in 0..<Int.random(in: 0..<20, using: &generator) {
            let tokens = Int.random(in: 0..<25, using: &generator)
            if !open.isEmpty, generator.chance(2, in: 3) {
                let call = open.remove(at: Int.random(in: 0..<open.count, using: &generator))
                messages.append(Message(role: .tool, tokens: tokens, answers: call))
                continue
            }
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: messages.append(Message(role: .system, tokens: tokens))
            case 1...4: messages.append(Message(role: .user, tokens: tokens))
            case 5...6: messages.append(Message(role: .assistant, tokens: tokens))
            default:
                let made = (0..<Int.random(in: 1...3, using: &generator)).map { "call \(calls + $0)" }
                calls += made.count
                open += made
                messages.append(Message(role: .assistant, tokens: tokens, calls: made))
            }
        }
        return messages
    }
}
