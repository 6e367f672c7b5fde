import BridgeCore

/// Reads `fallbacks`: `[openrouter, {upstream: groq, model: llama-3.3-70b-versatile}]`.
enum FallbackReader {
    /// What the core goes through of a list: with the upstream itself it asks eight.
    static let most = 7

    /// - Parameters:
    ///   - own: the upstream's name.
    ///   - names: those of all upstreams of the file.
    ///   - clientKeyed: those of them that have no key but a request's own, which goes to the first upstream only.
    static func read(
        _ value: FileValue?, of own: String, among names: [String], clientKeyed: Set<String>
    ) -> [UpstreamTarget.Fallback] {
        let items = value?.list() ?? []
        if items.count > most {
            items[most].warn("is one too many: a request goes to \(most) fallbacks at most.")
        }
        return items.compactMap { value in
            var name = value
            var model: String?
            if value.word == nil {
                guard let mapping = value.mapping(["upstream", "model"]) else { return nil }
                guard let named = mapping["upstream"] else {
                    value.refuse("says no upstream.")
                    return nil
                }
                name = named
                model = mapping["model"]?.text()
            }
            guard let text = name.text() else { return nil }
            guard names.contains(text) else {
                name.refuseUnknown(text, among: names)
                return nil
            }
            if text != own, clientKeyed.contains(text) {
                name.warn("is never asked: it has keys: client, and a request's own key goes to no fallback.")
            }
            if text == own, model == nil { name.refuse("falls back to itself.") }
            return UpstreamTarget.Fallback(upstream: text, model: model)
        }
    }
}

extension FileValue {
    /// The name of an upstream that is not there.
    func refuseUnknown(_ name: String, among names: [String]) {
        let hint = nearestName(to: name, among: names).map { "; did you mean \($0)?" }
        refuse("is not an upstream of this file\(hint ?? ".")")
    }
}
