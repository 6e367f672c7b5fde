import BridgeTestKit
import LoadKit

/// What tabs ask for: mostly answers as models give them, with everything among them that goes wrong now and then.
enum ModelMix {
    /// 1.8 MB in a second: two of them fill the kernel's buffers before a tab that sleeps.
    static let torrent = "paced:18:18:100000"

    static func pick(_ random: inout SeededGenerator) -> String {
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        /// Count and rate such that an answer takes 12 s at most.
        func paced() -> String {
            let rate = number(10...120)
            return "paced:\(number(1...(rate * number(1...12)))):\(rate):\(number(0...30))"
        }
        switch number(0...99) {
        case ..<62: return paced()
        case ..<74: return "paced:\(number(500...8_000)):0:\(number(0...20))"
        case ..<78: return "paced:\(number(1...6)):\(number(1...5)):\(number(20_000...120_000))"
        case ..<82: return paced() + ":cut@\(number(0...200))"
        case ..<85: return paced() + ":close@\(number(0...200))"
        case ..<88: return paced() + ":error@\(number(0...200))"
        case ..<91: return paced() + ":garbage@\(number(0...200))"
        case ..<93: return paced() + ":silent@\(number(0...200))"
        case ..<94: return paced() + ":wait@500"
        case ..<95: return paced() + ":wait@13000"
        case ..<96: return "paced:40:0:80000"
        default: return "status:\([401, 404, 429, 500, 503][number(0...4)])"
        }
    }
}
extension SeededGenerator {
    /// One of `choices`, by weight.
    mutating func pick<Choice>(_ choices: [(weight: Int, choice: Choice)]) -> Choice {
        var left = Int.random(in: 0..<choices.reduce(0) { $0 + $1.weight }, using: &self)
        for entry in choices {
            left -= entry.weight
            if left < 0 { return entry.choice }
        }
        preconditionFailure("weights add up to more than they are")
    }
}
