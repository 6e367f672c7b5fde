/// All configured upstreams. Immutable; the node's is replaced whole when the configuration is read again.
package final class UpstreamCatalogue: Sendable {
    /// In the order of the configuration.
    package let targets: [UpstreamTarget]
    /// Where a `chat` goes that names neither an upstream nor a model that one serves.
    package let defaultTarget: UpstreamTarget
    /// By the names of models in their configuration, the first target that has each.
    private let byModel: [String: UpstreamTarget]
    /// All patterns that are more than a name, in order.
    private let patterns: [(pattern: ModelPattern, target: UpstreamTarget)]

    /// - Parameters:
    ///   - targets: at least one, of different names.
    ///   - defaultName: one of theirs; nil takes the first.
    package init(_ targets: [UpstreamTarget], defaultName: String? = nil) {
        precondition(!targets.isEmpty, "a server needs an upstream")
        self.targets = targets
        defaultTarget = targets.first { $0.name == defaultName } ?? targets[0]
        let served = targets.flatMap { target in target.models.map { (name: $0, target: target) } }
        byModel = Dictionary(served.map { ($0.name, $0.target) }) { first, _ in first }
        patterns = served.map { (ModelPattern($0.name), $0.target) }.filter { !$0.0.isExact }
    }

    package func target(named name: String) -> UpstreamTarget? { targets.first { $0.name == name } }

    /// Which one serves a model: the first that has this very name in its list, else the first of which a pattern matches. nil:
    /// none is known to; the default may know it although nobody has said so.
    package func target(serving model: String) -> UpstreamTarget? {
        byModel[model] ?? patterns.first { $0.pattern.matches(model) }?.target
    }
}
