import ByteCoding

/// The sampling parameters of a request, in its order. Of members of one name the last counts.
struct Parameters {
    typealias Member = (name: String, value: JSONValue)

    /// Nobody knows as many; looking one up goes through all.
    static let maxCount = 256

    private(set) var members: [Member] = []
    /// Nobody asked for a length: the one that is there is the most that the rules allow.
    var lengthIsCap = false

    /// Reads a JSON object as it is; nil has no members.
    init(_ object: [UInt8]?, in dialect: Dialect) throws(RequestError) {
        guard let object else { return }
        for (name, value) in try Self.checked(object, in: dialect) { try set(name, value) }
    }

    /// Reads a JSON object to be translated: names that mean the same become chat completions', objects that only hold parameters
    /// are opened. nil has no members.
    init(translating object: [UInt8]?, to dialect: Dialect) throws(RequestError) {
        guard let object else { return }
        for (name, value) in try Self.checked(object, in: dialect) where !value.isNull {
            guard let prefix = ParameterNames.prefix(ofMembersOf: name, in: dialect) else {
                try set(Self.name(name, in: dialect), value)
                continue
            }
            guard let inner = value.members else { throw RequestError(parameter: name, "must be an object.") }
            for (name, value) in inner where !value.isNull { try set(Self.name(prefix + name, in: dialect), value) }
        }
    }

    private static func name(_ name: String, in dialect: Dialect) -> String {
        let isGoogles = dialect == .gemini && !ParameterNames.chatCompletions.contains(name) && name != "top_k"
        return ParameterNames.canonical(isGoogles ? ParameterNames.camelCase(name) : name)
    }

    /// The members of a JSON object, none of which is ours to set.
    static func checked(_ object: [UInt8], in dialect: Dialect) throws(RequestError) -> JSONMembers {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(checking: object)
        } catch {
            throw RequestError(field: "params", message: "`params` must be a JSON object: \(error)")
        }
        guard let members = value.members else {
            throw RequestError(field: "params", message: "`params` must be a JSON object.")
        }
        for (name, _) in members where ParameterNames.isReserved(name, in: dialect) {
            throw RequestError(field: "params.\(name)", message: "`params` must not have the member `\(name)`.")
        }
        return members
    }

    private mutating func set(_ name: String, _ value: JSONValue) throws(RequestError) {
        self[name] = value
        if members.count > Self.maxCount {
            throw RequestError(field: "params", message: "`params` has more than \(Self.maxCount) members.")
        }
    }

    subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// Takes a parameter out. Nil where it is absent.
    mutating func take(_ name: String) -> JSONValue? {
        defer { self[name] = nil }
        return self[name]
    }

    /// Whether a parameter of this family is there and not null.
    func speaks(of family: String) -> Bool {
        members.contains { ParameterNames.family($0.name) == family && !$0.value.isNull }
    }

    /// Drops the members for which `isUnwanted` holds.
    mutating func drop(where isUnwanted: (Member) throws(RequestError) -> Bool) throws(RequestError) {
        var kept: [Member] = []
        for member in members where !(try isUnwanted(member)) { kept.append(member) }
        members = kept
    }
}
