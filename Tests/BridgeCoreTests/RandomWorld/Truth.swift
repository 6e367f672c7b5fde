import BridgeTestKit

/// What one request has really been answered, by the one who plays its upstream: what every tab is to know in the end.
final class Truth {
    enum Field: Hashable, CaseIterable { case text, reasoning, refusal }

    private struct Place: Hashable {
        var field: Field
        var choice: Int
    }

    let session: String
    let epoch: String
    let request: String
    private var texts: [Place: String] = [:]
    private var torn: Set<Place> = []
    private var calls: [Int: [TabModel.ToolCall]] = [:]
    /// The type of its terminal frame, once somebody knows it: who plays the upstream, or the first tab that reads it.
    private(set) var terminal: String?

    /// Whoever fails before its first delta may be asked again, or somebody else.
    private let mayRetry: Bool

    init(session: String, epoch: String, request: String, mayRetry: Bool) {
        self.session = session
        self.epoch = epoch
        self.request = request
        self.mayRetry = mayRetry
    }

    /// Nothing has come of it that is a delta.
    private var isSilent: Bool { texts.values.allSatisfy(\.isEmpty) && calls.isEmpty }

    /// Another transfer is to answer it.
    func beginAgain() throws {
        guard mayRetry, isSilent else { throw ViolationError("\(session)/\(request) is asked again after a delta") }
        texts = [:]
        torn = []
    }

    /// The upstream has failed: that is the end, or it is not.
    func fail() {
        if !mayRetry || !isSilent { end("error") }
    }

    /// No half waits for its other half.
    var isWhole: Bool { torn.isEmpty }

    /// A delta was delivered.
    func say(_ field: Field, _ piece: RandomText, choice: Int, completesTorn: Bool) {
        let place = Place(field: field, choice: choice)
        // A half that finds no other half means nothing, once something else stands in its place.
        if torn.remove(place) != nil { texts[place, default: ""] += completesTorn ? "😀" : "\u{FFFD}" }
        texts[place, default: ""] += piece.text
        if piece.endsTorn { torn.insert(place) }
    }

    /// A piece of a tool call was delivered.
    func call(choice: Int, index: Int, id: String?, name: String?, arguments: String) {
        var list = calls[choice] ?? []
        let position = list.firstIndex { $0.index == index } ?? list.count
        if position == list.count { list.append(TabModel.ToolCall(index: index)) }
        if let id { list[position].id = id }
        if let name { list[position].name = name }
        list[position].arguments += arguments
        calls[choice] = list
    }

    /// The upstream has said all: halves without another half are read as what means nothing.
    func complete() {
        for place in torn { texts[place, default: ""] += "\u{FFFD}" }
        torn = []
    }

    func end(_ type: String) {
        if terminal == nil { terminal = type }
    }

    /// Throws where a tab that has read everything knows something else.
    func check(_ known: TabModel.Request, mustHaveEnded: Bool) throws {
        for field in Field.allCases {
            var expected: [Int: String] = [:]
            for (place, text) in texts where place.field == field && !text.isEmpty { expected[place.choice] = text }
            let found = known[field].filter { !$0.value.isEmpty }
            guard found == expected else { throw difference("\(field)", "\(found)", "\(expected)") }
        }
        let found = known.calls.filter { !$0.value.isEmpty }
        let expected = calls.filter { !$0.value.isEmpty }
        for choice in Set(found.keys).union(expected.keys) {
            let pairs = (found[choice] ?? [], expected[choice] ?? [])
            let areSame =
                pairs.0.count == pairs.1.count
                && zip(pairs.0, pairs.1).allSatisfy { known, said in
                    (known.index ?? said.index) == said.index && known.id == said.id && known.name == said.name
                        && known.arguments == said.arguments
                }
            guard areSame else { throw difference("tool calls of choice \(choice)", "\(pairs.0)", "\(pairs.1)") }
        }
        if let type = known.terminal { end(type) }
        guard known.terminal == terminal || (terminal != nil && known.terminal == nil && !mustHaveEnded) else {
            throw difference("terminal frame", "\(known.terminal ?? "none")", "\(terminal ?? "none")")
        }
        if mustHaveEnded, known.terminal == nil { throw difference("terminal frame", "none", "one") }
    }

    private func difference(_ what: String, _ known: String, _ said: String) -> ViolationError {
        ViolationError(
            "\(what) of \(session)/\(request) in epoch \(epoch): a tab knows\n\(known.prefix(1000))\nthe upstream said\n\(said.prefix(1000))"
        )
    }
}

extension TabModel.Request {
    fileprivate subscript(_ field: Truth.Field) -> [Int: String] {
        switch field {
        case .text: text
        case .reasoning: reasoning
        case .refusal: refusal
        }
    }
}
