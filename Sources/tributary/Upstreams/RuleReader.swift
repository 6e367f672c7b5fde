import Providers

/// Reads `params`: what an upstream says about sampling parameters.
enum RuleReader {
    private static let known = ["allow", "deny", "defaults", "caps", "lenient", "ask_for_usage"]
    /// What the server itself says in every request.
    private static let reserved = ["model", "messages", "stream", "stream_options"]

    /// - Parameter endpoint: where they apply; nil where that is not known, and a problem has said so.
    static func read(_ value: FileValue?, preset: Preset?, endpoint: Endpoint?) -> ParameterRules {
        var rules = ParameterRules(asksForUsage: preset?.asksForUsage ?? true)
        guard let params = value?.mapping(known) else { return rules }
        if let names = names(params["allow"], canBeNew: true) { rules.allow = names }
        if let names = names(params["deny"]) { rules.deny = names }
        let defaults = params["defaults"]
        let members = defaults?.mapping()?.members ?? []
        refuseReserved(members)
        if !members.isEmpty { rules.defaults = defaults?.json().map { Array($0.utf8) } }
        for (name, cap) in params["caps"]?.mapping()?.members ?? [] {
            rules.caps[name] = cap.number()
            if rules.caps[name] != nil { warnOfUnknown(name, cap) }
        }
        if let flag = params["lenient"]?.flag() { rules.lenient = flag }
        if let flag = params["ask_for_usage"]?.flag() { rules.asksForUsage = flag }
        if let endpoint, let defaults, rules.defaults != nil, !members.contains(where: { reserved.contains($0.name) }) {
            check(rules, defaults, members, endpoint)
        }
        return rules
    }

    // MARK: What is odd

    private static func names(_ value: FileValue?, canBeNew: Bool = false) -> Set<String>? {
        guard let items = value?.list() else { return nil }
        let names = items.compactMap { item in
            item.text().map { name in
                warnOfUnknown(name, item, canBeNew: canBeNew)
                return name
            }
        }
        return Set(names)
    }

    /// Only a warning: providers have parameters that nobody here has heard of.
    /// - Parameter canBeNew: it is meant to name such ones, so that it must at least look like one that is known.
    private static func warnOfUnknown(_ name: String, _ value: FileValue, canBeNew: Bool = false) {
        guard !KnownParameters.contain(name) else { return }
        let meant = nearestName(to: name, among: KnownParameters.names)
        if meant == nil, canBeNew { return }
        value.warn("is not a parameter that is known here\(meant.map { "; did you mean \($0)?" } ?? ".")")
    }

    // MARK: What cannot be said

    /// Encodes a chat that says nothing itself: what fails or is left out then does so in every chat.
    private static func check(
        _ rules: ParameterRules, _ defaults: FileValue, _ members: [(name: String, value: FileValue)],
        _ endpoint: Endpoint
    ) {
        /// The default that a field of a request comes from, or else all of them and the field's name.
        func place(of field: String) -> (value: FileValue, prefix: String) {
            if let member = members.first(where: { "params.\($0.name)" == field }) { return (member.value, "") }
            return (defaults, "\(field) ")
        }
        let chat = ChatRequest(model: "m", messages: Array(#"[{"role":"user","content":"x"}]"#.utf8))
        do throws(RequestError) {
            let encoded = try encode(chat, for: endpoint.dialect, endpoint: endpoint, rules: rules)
            for name in encoded.dropped {
                let (value, prefix) = place(of: "params.\(name)")
                value.warn("\(prefix)is left out of every chat: the dialect cannot say it.")
            }
        } catch {
            let (value, prefix) = place(of: error.field)
            let words = error.message.replacing("`\(error.field)` ", with: "", maxReplacements: 1)
            value.refuse("\(prefix)\(words)")
        }
    }

    private static func refuseReserved(_ members: [(name: String, value: FileValue)]) {
        for (name, value) in members where reserved.contains(name) {
            value.refuseWhole("is not a parameter: the server says it in every request.")
        }
    }
}
