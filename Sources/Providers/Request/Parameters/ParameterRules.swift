/// What an upstream's configuration says about sampling parameters. Names are those of chat completions, whatever the
/// dialect calls them.
package struct ParameterRules: Sendable {
    /// If given, no other parameter is sent.
    package var allow: Set<String>?
    /// These are never sent.
    package var deny: Set<String>
    /// A JSON object: sent where a request does not name them.
    package var defaults: [UInt8]?
    /// The most that a numeric parameter may be; a larger value is lowered to it.
    package var caps: [String: Double]
    /// What may not or cannot be sent is left out, and said so, where otherwise the request is refused.
    package var lenient: Bool
    /// Ask for token counts at the end of the stream, where the dialect has a switch for that.
    package var asksForUsage: Bool

    package init(
        allow: Set<String>? = nil, deny: Set<String> = [], defaults: [UInt8]? = nil, caps: [String: Double] = [:],
        lenient: Bool = false, asksForUsage: Bool = true
    ) {
        self.allow = allow
        self.deny = deny
        self.defaults = defaults
        self.caps = caps
        self.lenient = lenient
        self.asksForUsage = asksForUsage
    }
}
