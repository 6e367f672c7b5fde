import ByteCoding

/// Tells reasoning from text where a model writes both into its text: `<think>` … `</think>` at its beginning, perhaps behind
/// white space. Anywhere else the tags are text.
///
/// Bytes are the content of JSON strings, so that a tag may be written with escapes (`\u003cthink\u003e` is how Go writes it), and
/// it may be torn over deltas: what may become one is held until that is decided.
struct InlineThinking {
    fileprivate enum Phase {
        /// White space at most, and the beginning of a tag. Exits: thinking, over.
        case beginning
        /// Exits: over.
        case thinking
        case over
    }

    fileprivate struct Choice {
        let index: UInt16
        var phase = Phase.beginning
        /// Of this nothing can be said yet.
        var held: [UInt8] = []
    }

    typealias Piece = (kind: Delta.Kind, bytes: [UInt8])

    /// More white space than that at the beginning is a text.
    fileprivate static let maxHeldBytes = 256
    fileprivate static let opening = Array("<think>".utf8)
    fileprivate static let closing = Array("</think>".utf8)

    private var choices: [Choice] = []

    /// From here on the choice's text is text.
    func isOver(choice: UInt16) -> Bool {
        choices.contains { $0.index == choice && $0.phase == .over }
    }

    /// Something of the choice's text is held.
    func holds(choice: UInt16) -> Bool {
        choices.contains { $0.index == choice && !$0.held.isEmpty }
    }

    /// Takes a piece of a choice's text. What can be told of it and what was held comes back, in order.
    mutating func take(_ bytes: ArraySlice<UInt8>, choice: UInt16) -> [Piece] {
        let position: Int
        if let known = choices.firstIndex(where: { $0.index == choice }) {
            position = known
        } else {
            choices.append(Choice(index: choice))
            position = choices.count - 1
        }
        choices[position].held += bytes
        return choices[position].told()
    }

    /// The end of the answer: what is held is what it looks like. The choices' numbers come along.
    mutating func takeAll() -> [(choice: UInt16, piece: Piece)] {
        defer { choices = choices.map { Choice(index: $0.index, phase: $0.phase) } }
        return choices.filter { !$0.held.isEmpty }.map {
            ($0.index, ($0.phase == .thinking ? .reasoning : .text, $0.held))
        }
    }
}

extension InlineThinking.Choice {
    fileprivate mutating func told() -> [InlineThinking.Piece] {
        var pieces: [InlineThinking.Piece] = []
        if phase == .beginning {
            let start = held.endOfSpace
            switch held.match(InlineThinking.opening, at: start) {
            case .whole(let end):
                phase = .thinking
                held.removeFirst(end)
            case .beginning where held.count <= InlineThinking.maxHeldBytes: return []
            case .beginning, .none: phase = .over
            }
        }
        if phase == .thinking {
            let tag = held.firstMatch(InlineThinking.closing)
            if tag.range.lowerBound > 0 { pieces.append((.reasoning, Array(held[..<tag.range.lowerBound]))) }
            held.removeFirst(tag.isWhole ? tag.range.upperBound : tag.range.lowerBound)
            if tag.isWhole { phase = .over }
        }
        if phase == .over, !held.isEmpty {
            pieces.append((.text, held))
            held = []
        }
        return pieces
    }
}

extension [UInt8] {
    fileprivate enum Match {
        case none
        /// The bytes end before the tag does.
        case beginning
        /// Up to this index.
        case whole(Int)
    }

    /// What the content of a JSON string stands for at `index`, as far as it is ASCII, and where the next character begins.
    private func character(at index: Int) -> (byte: UInt8, next: Int) {
        guard self[index] == UInt8(ascii: "\\") else { return (self[index], index + 1) }
        guard index + 1 < count else { return (0, count) }
        switch self[index + 1] {
        case UInt8(ascii: "u"):
            let end = Swift.min(index + 6, count)
            let code = UInt16(String(decoding: self[(index + 2)..<end], as: UTF8.self), radix: 16)
            return (code.flatMap { UInt8(exactly: $0) } ?? 0, end)
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): return (UInt8(ascii: " "), index + 2)
        default: return (self[index + 1], index + 2)
        }
    }

    fileprivate var endOfSpace: Int {
        var index = 0
        while index < count {
            let character = character(at: index)
            guard [0x20, 0x0A, 0x0D, 0x09].contains(character.byte) else { break }
            index = character.next
        }
        return index
    }

    fileprivate func match(_ tag: [UInt8], at start: Int) -> Match {
        var index = start
        for byte in tag {
            guard index < count else { return .beginning }
            let character = character(at: index)
            guard character.byte == byte else { return .none }
            index = character.next
        }
        return .whole(index)
    }

    /// The first place where the tag is, or where it begins at the end; else the empty range at the end.
    fileprivate func firstMatch(_ tag: [UInt8]) -> (range: Range<Int>, isWhole: Bool) {
        var index = 0
        while index < count {
            switch match(tag, at: index) {
            case .whole(let end): return (index..<end, true)
            case .beginning: return (index..<count, false)
            case .none: index = character(at: index).next
            }
        }
        return (count..<count, false)
    }
}
