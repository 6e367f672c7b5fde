extension ContextWindow {
    /// What is kept so far: at first what has to be.
    struct Plan {
        private let messages: [Message]
        /// The messages that may be left out, as runs that must be kept or left out as one; in order.
        private var units: [Unit] = []
        private(set) var isKept: [Bool]
        private(set) var tokens = 0
        /// The unit of the newest user message; nil where there is none.
        private var newestUser: Int?

        private struct Unit {
            /// Indices of messages.
            var messages: [Int]
            var beginsTurn: Bool
        }

        init(_ messages: [Message], keepsSystem: Bool) {
            self.messages = messages
            isKept = [Bool](repeating: false, count: messages.count)
            var movable: [Int] = []
            for (index, message) in messages.enumerated() {
                if keepsSystem, message.role == .system { keep(index) } else { movable.append(index) }
            }
            cut(movable)
            newestUser = units.lastIndex { unit in unit.messages.contains { messages[$0].role == .user } }
            if let newestUser { keep(units[newestUser]) }
            if let last = units.last { keep(last) }
        }

        /// Keeps more, from the newest on, until the next unit or turn does not fit.
        mutating func fill(upTo budget: Int) {
            for unit in units[(newestUser.map { $0 + 1 } ?? 0)...].reversed() {
                guard tokens + cost(of: unit) <= budget else { return }
                keep(unit)
            }
            guard let newestUser else { return }
            // The newest user message's unit may not be the first of its turn: calls that began before it are in it.
            var end = newestUser
            while end > 0 {
                let start = units[..<end].lastIndex { $0.beginsTurn } ?? 0
                let turn = units[start..<end]
                guard tokens + turn.reduce(0, { $0 + cost(of: $1) }) <= budget else { return }
                for unit in turn { keep(unit) }
                end = start
            }
        }

        // MARK: Units

        /// Cuts between two messages wherever no call before is answered after.
        private mutating func cut(_ indices: [Int]) {
            let reaches = reaches(indices)
            // The last place that must be in the unit that is being made.
            var end = -1
            var called: Set<String> = []
            for (place, index) in indices.enumerated() {
                let message = messages[index]
                let isOrphan = message.answers.map { !called.contains($0) } ?? false
                if place > end, !isOrphan || units.isEmpty {
                    units.append(Unit(messages: [index], beginsTurn: message.role == .user))
                } else {
                    units[units.count - 1].messages.append(index)
                }
                end = max(end, reaches[place])
                called.formUnion(message.calls)
            }
        }

        /// For each message the place of the last answer to its calls; its own place where there is none. Some providers count ids
        /// from the beginning in each round: an answer is that of the last call before it.
        private func reaches(_ indices: [Int]) -> [Int] {
            var reaches = Array(indices.indices)
            var lastAnswer: [String: Int] = [:]
            for place in indices.indices.reversed() {
                let message = messages[indices[place]]
                for call in message.calls { reaches[place] = max(reaches[place], lastAnswer[call] ?? place) }
                // What answers an earlier one stands before this one.
                for call in message.calls { lastAnswer[call] = nil }
                if let call = message.answers, lastAnswer[call] == nil { lastAnswer[call] = place }
            }
            return reaches
        }

        private func cost(of unit: Unit) -> Int {
            unit.messages.reduce(0) { $0 + (isKept[$1] ? 0 : messages[$1].tokens) }
        }

        private mutating func keep(_ unit: Unit) {
            for index in unit.messages { keep(index) }
        }

        private mutating func keep(_ index: Int) {
            guard !isKept[index] else { return }
            isKept[index] = true
            tokens += messages[index].tokens
        }
    }
}
