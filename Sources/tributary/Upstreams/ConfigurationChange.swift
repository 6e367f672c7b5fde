import BridgeCore
import Logging

/// What a new configuration has that the old one had not, in names.
struct ConfigurationChange: Equatable {
    var added: [String]
    var removed: [String]
    var changed: [String]
    /// The new default, where it is another one.
    var newDefault: String?
    var modelsChanged: Bool

    init(from old: UpstreamConfiguration, to new: UpstreamConfiguration) {
        let before = Dictionary(uniqueKeysWithValues: old.upstreams.map { ($0.target.name, $0.fingerprint) })
        let after = Dictionary(uniqueKeysWithValues: new.upstreams.map { ($0.target.name, $0.fingerprint) })
        added = new.upstreams.map(\.target.name).filter { before[$0] == nil }
        removed = old.upstreams.map(\.target.name).filter { after[$0] == nil }
        changed = new.upstreams.map(\.target.name).filter { before[$0] != nil && before[$0] != after[$0] }
        newDefault = old.defaultName == new.defaultName ? nil : new.defaultName
        modelsChanged = old.modelsFingerprint != new.modelsFingerprint
    }

    var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && newDefault == nil && !modelsChanged
    }

    /// For the log line.
    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for (name, list) in [("added", added), ("removed", removed), ("changed", changed)] where !list.isEmpty {
            metadata[name] = "\(list.joined(separator: ","))"
        }
        if let newDefault { metadata["default"] = "\(newDefault)" }
        if modelsChanged { metadata["models"] = "changed" }
        if isEmpty { metadata["changed"] = "nothing" }
        return metadata
    }
}
