import BridgeCore
import BridgeTestKit
import Providers
import Testing

/// Random conversations read by random tabs: whatever is merged, missed or replaced by a snapshot, every message keeps the
/// rule, and in the end every tab has every text.
@Suite("Merging, by chance")
struct MergingPropertyTests {
    /// What a tab is to know of a request in the end.
    struct Said: Equatable {
        var text: [Int: String] = [:]
        var reasoning: [Int: String] = [:]
        var refusal: [Int: String] = [:]
        /// Arguments by choice, in the order in which the calls began.
        var calls: [Int: [String]] = [:]
        var terminal: String?
    }

    @Test("every tab of a random conversation ends with every text", arguments: Seeds.of(100))
    func conversation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let book = LogBook()
        var said: [String: Said] = [:]
        var running: [String] = []
        var tabs = (0..<4).map { _ in TabModel(session: "s") }
        var cursors = [UInt64](repeating: 0, count: 4)
        for index in tabs.indices { try tabs[index].take(book.joined()) }

        func pull(_ index: Int, limit: Int) throws {
            guard book.log.holds(after: cursors[index]) else {
                try tabs[index].take(book.joined())
                cursors[index] = book.log.head
                return
            }
            guard cursors[index] < book.log.head else { return }
            let message = book.message(after: cursors[index], limit: limit)
            try tabs[index].take(message.text)
            cursors[index] = message.cursor
        }

        for step in 0..<150 {
            if running.isEmpty || random.chance(1, in: 12) {
                let id = "r\(step)"
                book.request(id)
                said[id] = Said()
                if random.chance(9, in: 10) {
                    book.start(id)
                    running.append(id)
                } else {
                    book.end(id, .error)
                    said[id]?.terminal = "error"
                }
            } else if let id = running.randomElement(using: &random) {
                if random.chance(1, in: 15) {
                    let kind = [EntryKind.end, .aborted, .error].randomElement(using: &random) ?? .end
                    book.end(id, kind)
                    running.removeAll { $0 == id }
                    said[id]?.terminal = kind == .end ? "end" : kind == .aborted ? "aborted" : "error"
                } else {
                    book.append(id, Self.batch(&random, &said[id, default: Said()]))
                }
            }
            if random.chance(1, in: 3) {
                try pull(Int.random(in: 0..<4, using: &random), limit: Int.random(in: 1...3000, using: &random))
            }
            if random.chance(1, in: 10) {
                book.log.trim(
                    maxEntries: Int.random(in: 0...60, using: &random),
                    maxBytes: Int.random(in: 0...2000, using: &random))
            }
        }
        for id in running {
            book.end(id)
            said[id]?.terminal = "end"
        }
        for index in tabs.indices {
            while cursors[index] < book.log.head { try pull(index, limit: Int.random(in: 1...3000, using: &random)) }
            for (id, expected) in said {
                let known = tabs[index].requests[id]
                let found = Said(
                    text: known?.text ?? [:], reasoning: known?.reasoning ?? [:], refusal: known?.refusal ?? [:],
                    calls: (known?.calls ?? [:]).mapValues { $0.map(\.arguments) }, terminal: known?.terminal)
                #expect(found == expected, "tab \(index), request \(id), seed \(seed)")
            }
        }
    }

    private static func batch(_ random: inout SeededGenerator, _ said: inout Said) -> DeltaBatch {
        var batch = DeltaBatch()
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let text = ["x", "\"", "\\n", "ä", "😀\n", "long text ", "0"].randomElement(using: &random) ?? ""
            let choice = random.chance(1, in: 6) ? 1 : 0
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                batch.add(.reasoning, text, choice: choice)
                said.reasoning[choice, default: ""] += text
            case 1:
                batch.add(.refusal, text, choice: choice)
                said.refusal[choice, default: ""] += text
            case 2:
                // A call begins where the one before it has begun.
                let count = said.calls[choice]?.count ?? 0
                let index = Int.random(in: 0...min(2, count), using: &random)
                batch.add(.toolCall, text, choice: choice, toolIndex: index, id: index == count ? "c\(index)" : "")
                if index == count { said.calls[choice, default: []].append("") }
                said.calls[choice, default: []][index] += text
            default:
                batch.add(.text, text, choice: choice, logprobs: random.chance(1, in: 8) ? #"{"content":[]}"# : "")
                said.text[choice, default: ""] += text
            }
        }
        return batch
    }
}
