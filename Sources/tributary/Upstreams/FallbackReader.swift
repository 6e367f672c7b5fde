import BridgeCore

/// Reads `fallbacks`: `[openrouter, {upstream: groq, model: llama-3.3-70b-versatile}]`.
enum FallbackReader {
    /// - Parameters:
    ///   - own: the upstream's name.
    ///   - names: those of all upstreams of the file.
    static func read(
        _ value: FileValue?, of own: String, among names: [String]
    ) -> [UpstreamTarget.Fallback] {
        (value?.list() ?? []).compactMap { value in
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
