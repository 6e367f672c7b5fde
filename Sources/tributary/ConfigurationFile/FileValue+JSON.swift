import Yams

extension FileValue {
    /// The value as JSON, by YAML's JSON rules (YAML 1.2 section 10.2): what is in quotes is a string, and so is what is neither
    /// null, a Boolean nor a number.
    func json(depth: Int = 0) -> String? {
        guard depth < 32 else {
            refuse("is nested too deeply.")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            if isEmpty { return "null" }
            guard scalar.style == .plain else { return JSONText.quoted(scalar.string) }
            if scalar.string == "true" || scalar.string == "false" { return scalar.string }
            return Self.isNumber(scalar.string) ? scalar.string : JSONText.quoted(scalar.string)
        case .sequence:
            guard let items = list() else { return nil }
            let parts = items.compactMap { $0.json(depth: depth + 1) }
            return parts.count == items.count ? "[\(parts.joined(separator: ","))]" : nil
        case .mapping:
            guard let members = mapping()?.members else { return nil }
            let parts = members.compactMap { name, value in
                value.json(depth: depth + 1).map { "\(JSONText.quoted(name)):\($0)" }
            }
            return parts.count == members.count ? "{\(parts.joined(separator: ","))}" : nil
        case .alias:
            refuse("refers to something that is not there.")
            return nil
        }
    }

    /// A number of RFC 8259 section 6.
    private static func isNumber(_ text: String) -> Bool {
        text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil
    }
}
