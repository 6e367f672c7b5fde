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
}
