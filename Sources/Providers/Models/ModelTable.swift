internal import ByteCoding

/// What is known of models, by name: the data file's knowledge, and the configuration's on top of it.
package struct ModelTable: Sendable {
    /// The day on which the data was looked over, as `2025-08-15`.
    package let updated: String?
    /// The data file's, in its order.
    package let entries: [KnownModel]
    /// The configuration's; what they are silent about, `entries` say.
    package let overrides: [KnownModel]
    private let known: ModelIndex
    private let overridden: ModelIndex

    package init(updated: String? = nil, _ entries: [KnownModel] = [], overrides: [KnownModel] = []) {
        self.updated = updated
        self.entries = entries
        self.overrides = overrides
        known = ModelIndex(entries)
        overridden = ModelIndex(overrides)
    }

    package func overridden(by overrides: [KnownModel]) -> ModelTable {
        ModelTable(updated: updated, entries, overrides: overrides)
    }

    /// The entry whose pattern fits and is the longest; a name that fits whole is longer than any pattern. Where none fits a
    /// name such as `openai/gpt-4o` or `models/gemini-2.5-pro`, its last part is looked up.
    package func entry(for model: String) -> KnownModel? {
        let known = known.entry(for: model)
        guard let own = overridden.entry(for: model) else { return known }
        return known.map(own.completed) ?? own
    }
}

/// Entries in the order in which they are tried.
private struct ModelIndex {
    private let exact: [[UInt8]: KnownModel]
    /// Beginnings of names, the longest first.
    private let beginnings: [(bytes: [UInt8], entry: KnownModel)]

    /// Of two entries with one pattern the first counts.
    init(_ entries: [KnownModel]) {
        var exact: [[UInt8]: KnownModel] = [:]
        var beginnings: [(bytes: [UInt8], entry: KnownModel)] = []
        for entry in entries {
            var pattern = lowercase(entry.pattern)
            if pattern.last == UInt8(ascii: "*") {
                pattern.removeLast()
                beginnings.append((pattern, entry))
            } else if exact[pattern] == nil {
                exact[pattern] = entry
            }
        }
        self.exact = exact
        // A stable order, so that the first of equals stays the first.
        self.beginnings = beginnings.enumerated().sorted {
            ($1.element.bytes.count, $0.offset) < ($0.element.bytes.count, $1.offset)
        }.map(\.element)
    }

    func entry(for model: String) -> KnownModel? {
        let name = lowercase(model)
        if let entry = entry(forWhole: name) { return entry }
        guard let slash = name.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return entry(forWhole: Array(name[(slash + 1)...]))
    }

    private func entry(forWhole name: [UInt8]) -> KnownModel? {
        exact[name] ?? beginnings.first { name.starts(with: $0.bytes) }?.entry
    }
}

private func lowercase(_ text: String) -> [UInt8] {
    text.utf8.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
}
