/// All configured upstreams. Immutable; the node's is replaced whole when the configuration is read again.
package final class UpstreamCatalogue: Sendable {
    /// In the order of the configuration.
    package let targets: [UpstreamTarget]
    /// Where a `chat` goes that names neither an upstream nor a model that one serves.
    package let defaultTarget: UpstreamTarget

    /// - Parameters:
    ///   - targets: at least one, of different names.
    ///   - defaultName: one of theirs; nil takes the first.
    package init(_ targets: [UpstreamTarget], defaultName: String? = nil) {
        precondition(!targets.isEmpty, "a server needs an upstream")
        self.targets = targets
        defaultTarget = targets.first { $0.name == defaultName } ?? targets[0]
    }

    package func target(named name: String) -> UpstreamTarget? { targets.first { $0.name == name } }

    /// Where a `chat` goes that names a model and no upstream: to the first that has this very name in its list, else to the
    /// first of which a pattern matches, else to the default, which may know it although nobody has said so.
    package func target(serving model: String) -> UpstreamTarget {
        let patterns = targets.lazy.map { (target: $0, patterns: $0.models.map { ModelPattern($0) }) }
        return patterns.first { $0.patterns.contains { $0.isExact && $0.matches(model) } }?.target
            ?? patterns.first { $0.patterns.contains { !$0.isExact && $0.matches(model) } }?.target
            ?? defaultTarget
    }
}
