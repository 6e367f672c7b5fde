/// A setting's text, and where it stood, for messages.
struct GivenSetting: Equatable {
    /// `--port` or `TRIBUTARY_PORT`.
    var origin: String
    var text: String

    func error(expected: String) -> SettingError {
        SettingError("\(origin): “\(text)” is not \(expected).")
    }
}

/// A setting that cannot be used; the message names the flag or the variable.
struct SettingError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Where settings come from: the flag wins over the environment, and the environment over the default (nil here).
struct SettingSource {
    static let prefix = "TRIBUTARY_"

    var environment: [String: String]

    /// `max-message-bytes` → `TRIBUTARY_MAX_MESSAGE_BYTES`.
    static func variable(_ name: String) -> String {
        prefix + name.uppercased().replacing("-", with: "_")
    }

    /// The setting `name`, whose flag said `flag`. An empty variable counts as absent.
    func given(_ flag: String?, _ name: String) -> GivenSetting? {
        if let flag { return GivenSetting(origin: "--\(name)", text: flag) }
        return variable(Self.variable(name))
    }

    /// A variable by its full name.
    func variable(_ name: String) -> GivenSetting? {
        guard let text = environment[name], !text.isEmpty else { return nil }
        return GivenSetting(origin: name, text: text)
    }

    /// A repeatable setting; in the environment its values are separated by commas or white space.
    func list(_ flags: [String], _ name: String) -> [GivenSetting] {
        if !flags.isEmpty { return flags.map { GivenSetting(origin: "--\(name)", text: $0) } }
        guard let given = given(nil, name) else { return [] }
        return given.text.split { $0 == "," || $0.isWhitespace }
            .map { GivenSetting(origin: given.origin, text: String($0)) }
    }

    /// A switch, which a flag can only turn on.
    func isOn(_ flag: Bool, _ name: String) throws(SettingError) -> Bool {
        if flag { return true }
        guard let given = given(nil, name) else { return false }
        switch given.text.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw given.error(expected: "true or false")
        }
    }

    /// Variables that look like settings but are none: probably misspelt. Sorted.
    func unknownVariables(known names: some Sequence<String>) -> [String] {
        let known = Set(names.map(Self.variable))
        return environment.keys.filter { $0.hasPrefix(Self.prefix) && !known.contains($0) }.sorted()
    }
}
