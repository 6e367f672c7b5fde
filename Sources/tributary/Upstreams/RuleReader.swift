import Providers

/// Reads `params`: what an upstream says about sampling parameters.
enum RuleReader {
    private static let known = ["allow", "deny", "defaults", "caps", "lenient", "ask_for_usage"]
    /// What the server itself says in every request.
    private static let reserved = ["model", "messages", "stream", "stream_options"]

    static func read(_ value: FileValue?, preset: Preset?) -> ParameterRules {
        var rules = ParameterRules(asksForUsage: preset?.asksForUsage ?? true)
        guard let params = value?.mapping(known) else { return rules }
        if let names = params["allow"]?.texts() { rules.allow = Set(names) }
        if let names = params["deny"]?.texts() { rules.deny = Set(names) }
        if let defaults = params["defaults"], let members = defaults.mapping()?.members {
            refuseReserved(members)
            rules.defaults = defaults.json().map { Array($0.utf8) }
        }
        for (name, cap) in params["caps"]?.mapping()?.members ?? [] {
            rules.caps[name] = cap.number()
        }
        if let flag = params["lenient"]?.flag() { rules.lenient = flag }
        if let flag = params["ask_for_usage"]?.flag() { rules.asksForUsage = flag }
        return rules
    }

    private static func refuseReserved(_ members: [(name: String, value: FileValue)]) {
        for (name, value) in members where reserved.contains(name) {
            value.refuseWhole("is not a parameter: the server says it in every request.")
        }
    }
}
