import Yams

/// The named values of a mapping in a configuration file.
struct FileMapping {
    let value: FileValue
    /// In the order of the file.
    let members: [(name: String, value: FileValue)]

    /// Adds a problem for every name that is not `known`, with the one that may have been meant, and for every known one without a
    /// value: it would count as absent, and was surely meant to say something.
    init(_ mapping: Node.Mapping, of value: FileValue, known: [String]?) {
        self.value = value
        var members: [(name: String, value: FileValue)] = []
        for (key, node) in mapping {
            let place = FilePlace(key)
            guard case .scalar(let scalar) = key, !scalar.string.isEmpty else {
                value.problems.add("a name must be a text.", field: value.field, at: place)
                continue
            }
            let name = scalar.string
            let field = value.field.isEmpty ? name : "\(value.field).\(name)"
            if let known, !known.contains(name) {
                let meant = nearestName(to: name, among: known)
                let hint = meant.map { "did you mean \($0)?" } ?? "it knows \(known.joined(separator: ", "))."
                value.problems.add("is not a setting here; \(hint)", field: field, at: place)
                continue
            }
            let member = FileValue(node, field: field, namePlace: place, problems: value.problems)
            if known != nil, member.isEmpty { member.refuseWhole("is empty.") }
            members.append((name, member))
        }
        self.members = members
    }

    /// Nil where it is not there, and where it has no value.
    subscript(_ name: String) -> FileValue? {
        members.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }
}
