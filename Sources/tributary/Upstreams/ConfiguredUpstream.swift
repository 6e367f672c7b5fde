import BridgeCore
import Providers

/// An upstream as the configuration made it, with what people want to know about it besides.
struct ConfiguredUpstream: Sendable {
    var target: UpstreamTarget
    var baseURL: String
    var keyOrigin: KeyOrigin
    /// A hash of all that was said about it, its key included, by which this process can tell whether that has changed.
    var fingerprint: Int
}

/// Where requests go: what a configuration file said, or a few flags.
struct UpstreamConfiguration: Sendable {
    /// At least one.
    var upstreams: [ConfiguredUpstream]
    /// One of their names.
    var defaultName: String
    var models: ModelTable
    /// A hash of what the configuration says about models.
    var modelsFingerprint = 0

    var catalogue: UpstreamCatalogue { UpstreamCatalogue(upstreams.map(\.target), defaultName: defaultName) }
}
