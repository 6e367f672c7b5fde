import ByteCoding

extension ParameterRules {
    /// Whether they leave every parameter as it is.
    var areEmpty: Bool { allow == nil && deny.isEmpty && defaults == nil && caps.isEmpty }

    /// Whether a parameter may be sent. Names that mean the same are one; an object's stands for all of its members.
    func permit(_ name: String) -> Bool {
        let family = ParameterNames.family(name)
        let object = name.firstIndex(of: ".").map { String(name[..<$0]) }
        func names(_ list: Set<String>) -> Bool {
            list.contains(name) || object.map(list.contains) == true
                || list.contains { ParameterNames.family($0) == family }
        }
        return !names(deny) && allow.map(names) ?? true
    }

    /// The most that a parameter may be.
    func cap(of name: String) -> Double? {
        let family = ParameterNames.family(name)
        return caps.filter { ParameterNames.family($0.key) == family && $0.value.isFinite }.map(\.value).min()
    }
}

extension Parameters {
    private static let length = "max_tokens"

    /// Holds the parameters against an upstream's rules: what is forbidden goes, what is silent gets its default, what is too
    /// large is lowered. A length of 0 is the provider's own, hence absent, but for a cap.
    /// - Parameter defaults: the rules', read in the same way as the parameters.
    mutating func apply(
        _ rules: ParameterRules, defaults: Parameters, _ omissions: inout Omissions
    ) throws(RequestError) {
        try drop { member throws(RequestError) in
            if rules.permit(member.name) { return false }
            try omissions.leaveOut(parameter: member.name, "may not be set for this upstream.")
            return true
        }
        for (name, value) in defaults.members where !speaks(of: ParameterNames.family(name)) {
            self[name] = value
        }
        let isCapped = rules.cap(of: Self.length) != nil
        try drop { member throws(RequestError) in
            guard ParameterNames.family(member.name) == Self.length, let number = member.value.number else {
                return false
            }
            // Some servers take a negative one for "no end".
            return number == 0 || isCapped && number < 0
        }
        for (name, value) in members where !value.isNull {
            guard let cap = rules.cap(of: name) else { continue }
            guard let number = value.number else { throw RequestError(parameter: name, "must be a number.") }
            if number > cap { self[name] = JSONValue(cap) }
        }
        guard isCapped, !speaks(of: Self.length) else { return }
        // In the spelling that the rules use: it is the one that the upstream knows.
        let names = rules.caps.keys.filter { ParameterNames.family($0) == Self.length }.sorted()
        guard let name = names.first, let cap = rules.cap(of: name) else { return }
        self[name] = JSONValue(cap)
        lengthIsCap = true
    }
}

extension JSONValue {
    /// A number that is finite.
    init(_ number: Double) {
        self.init(Int(exactly: number).map { "\($0)" } ?? "\(number)")
    }
}
