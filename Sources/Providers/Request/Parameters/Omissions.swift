/// What cannot be sent: an error, or left out and listed where the upstream is lenient.
struct Omissions {
    /// Names that are listed; a client may send any number of parameters that nobody knows.
    static let maxNames = 64
    /// Of a name that is listed or quoted, in characters.
    static let maxNameLength = 64

    let isLenient: Bool
    private(set) var names: [String] = []

    init(isLenient: Bool) {
        self.isLenient = isLenient
    }

    /// - Parameter problem: what follows the parameter's name in a sentence.
    mutating func leaveOut(parameter name: String, _ problem: String) throws(RequestError) {
        let shown = Self.shown(name)
        guard isLenient else { throw RequestError(parameter: shown, problem) }
        note(shown)
    }

    /// - Parameters:
    ///   - place: such as `messages[3].content[1]`.
    ///   - problem: what follows the place in a sentence.
    mutating func leaveOut(_ place: String, _ problem: String) throws(RequestError) {
        guard isLenient else { throw RequestError(field: place, message: "`\(place)` \(problem)") }
        note(place)
    }

    /// Lists what is left out of any request, lenient or not.
    mutating func note(_ name: String) {
        if names.count < Self.maxNames, !names.contains(name) { names.append(name) }
    }

    static func shown(_ name: String) -> String {
        name.count > maxNameLength ? name.prefix(maxNameLength) + "…" : name
    }
}

extension RequestError {
    /// - Parameter problem: what follows the parameter's name in a sentence.
    init(parameter name: String, _ problem: String) {
        let field = "params.\(Omissions.shown(name))"
        self.init(field: field, message: "`\(field)` \(problem)")
    }
}
