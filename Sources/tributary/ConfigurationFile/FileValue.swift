import Yams

/// A value in a configuration file, with its name and its place.
///
/// Every reader returns nil where the value is not what was asked for, and has added the problem then.
struct FileValue {
    let node: Node
    /// The names on the way to it: `upstreams.azure.key`.
    let field: String
    /// Where its own name stands, or the value where it has none.
    let namePlace: FilePlace
    let problems: FileProblems

    init(_ node: Node, field: String, namePlace: FilePlace? = nil, problems: FileProblems) {
        self.node = node
        self.field = field
        self.namePlace = namePlace ?? FilePlace(node) ?? FilePlace(line: 1, column: 1)
        self.problems = problems
    }

    /// Where it stands.
    var place: FilePlace { FilePlace(node) ?? namePlace }

    /// All that stands there, wherever that is in the file.
    func hash(into hasher: inout Hasher) { hasher.combine(node) }

    // MARK: Problems

    func refuse(_ message: String) { problems.add(message, field: field, at: place) }

    func warn(_ message: String) { problems.add(message, field: field, at: place, .warning) }

    /// For what is missing in it.
    func refuseWhole(_ message: String) { problems.add(message, field: field, at: namePlace) }

    // MARK: Scalars
    // What a setting means is known by its name, so that quotes change nothing: `idle: "500ms"` is a time, as text is where
    // numbers may stand unquoted. Only what is passed on as JSON distinguishes `"1"` from `1`.

    /// The text of a scalar, as it is; nil for a collection. Adds no problem.
    var word: String? {
        guard case .scalar(let scalar) = node else { return nil }
        return scalar.string
    }

    /// A name without a value, `~` or `null`.
    var isEmpty: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// Text of one line. Numbers are text too, as they were written: `1.1`, `2024-10-21`.
    func text() -> String? {
        guard case .scalar(let scalar) = node else {
            refuse("must be a text.")
            return nil
        }
        guard !isEmpty, !scalar.string.isEmpty else {
            refuse("is empty.")
            return nil
        }
        guard scalar.string.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            refuse("must be one line, without control characters.")
            return nil
        }
        return scalar.string
    }

    func flag() -> Bool? {
        switch word {
        case "true": return true
        case "false": return false
        default:
            refuse("must be true or false.")
            return nil
        }
    }

    func count(_ range: ClosedRange<Int>) -> Int? {
        guard let word, let (number, rest) = splitNumber(word), rest.isEmpty, let count = Int(exactly: number),
            range.contains(count)
        else {
            refuse("must be a whole number from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return count
    }

    func number() -> Double? {
        guard let word, let number = Double(word), number.isFinite else {
            refuse("must be a number.")
            return nil
        }
        return number
    }

    /// Milliseconds, from 1 to a year, so that sums of times cannot overflow.
    func time(orZero: Bool = false) -> UInt64? {
        guard let word, let time = DurationArgument(word) else {
            refuse("must be \(DurationArgument.expected).")
            return nil
        }
        guard time.milliseconds > 0 || orZero, time.milliseconds <= 31_536_000_000 else {
            refuse(orZero ? "must be at most 365d." : "must be from 1ms to 365d.")
            return nil
        }
        return time.milliseconds
    }

    /// One of several words.
    func choice<Choice>(_: Choice.Type = Choice.self) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        if let word, let choice = Choice(rawValue: word) { return choice }
        refuse("must be \(Self.alternatives(Choice.allCases.map(\.rawValue))).")
        return nil
    }

    /// `server, client or either`
    static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }

    // MARK: Collections

    func list() -> [FileValue]? {
        guard case .sequence(let sequence) = node else {
            refuse("must be a list: [one, two].")
            return nil
        }
        return sequence.enumerated().map { index, node in
            FileValue(node, field: "\(field)[\(index)]", problems: problems)
        }
    }

    /// A list of texts without those that are none.
    func texts() -> [String]? { list()?.compactMap { $0.text() } }

    /// A mapping. `known` are the names that it may have; nil allows any.
    /// - Parameter orEmpty: a name without a value is a mapping that says nothing.
    func mapping(_ known: [String]? = nil, orEmpty: Bool = false) -> FileMapping? {
        if orEmpty, isEmpty { return FileMapping(Node.Mapping([]), of: self, known: known) }
        guard case .mapping(let mapping) = node else {
            let names = known.map { " of \($0.joined(separator: ", "))" } ?? ""
            refuse("must be a mapping\(names).")
            return nil
        }
        return FileMapping(mapping, of: self, known: known)
    }
}

extension FilePlace {
    init?(_ node: Node) {
        guard let mark = node.mark else { return nil }
        self.init(line: mark.line, column: mark.column)
    }
}
