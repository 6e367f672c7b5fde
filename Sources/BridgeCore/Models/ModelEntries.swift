import ByteCoding
import ChatProtocol
import Providers

extension UpstreamTarget {
    /// What a `models` frame lists of this upstream: what it lists itself, as far as its configuration serves it, then the
    /// names in its configuration that are not in there.
    /// - Parameter listed: nil where its list could not be had.
    /// - Returns: JSON objects, separated by commas.
    func modelEntries(_ listed: [ListedModel]?) -> [UInt8] {
        let patterns = models.map { ModelPattern($0) }
        let shown = (listed ?? []).filter { model in
            patterns.isEmpty || patterns.contains { $0.matches(model.id) }
        }
        let known = Set(shown.map(\.id))
        let named = zip(models, patterns).filter { $1.isExact && !known.contains($0) }.map { ListedModel(id: $0.0) }
        var entries: [UInt8] = []
        for model in shown + named {
            if !entries.isEmpty { entries.append(UInt8(ascii: ",")) }
            entries.append(contentsOf: modelEntry(model))
        }
        return entries
    }

    private func modelEntry(_ model: ListedModel) -> [UInt8] {
        let facts = facts(model.id)
        var object = ObjectWriter()
        object.field("id", model.id)
        object.field("upstream", name)
        object.field("name", model.displayName)
        object.field("created", model.created)
        object.field("owned_by", model.ownedBy)
        object.field("context_tokens", facts.contextTokens ?? model.contextTokens)
        object.field("max_output_tokens", facts.maxOutputTokens ?? model.maxOutputTokens)
        if !facts.inputModalities.isEmpty { object.field("input", facts.inputModalities) }
        if !facts.outputModalities.isEmpty { object.field("output", facts.outputModalities) }
        if facts.inputPrice != nil || facts.outputPrice != nil {
            object.object("price") {
                $0.field("input", facts.inputPrice)
                $0.field("output", facts.outputPrice)
            }
        }
        return object.finish()
    }
}
