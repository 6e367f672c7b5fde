import BridgeCore
import Providers
import Yams

/// Reads a configuration file. Blocks for as long as its files take to be read; good on any thread.
struct ConfigurationReader: Sendable {
    /// Longer files are none that a person wrote.
    private static let maxBytes = 1 << 20

    /// Where it is, as it was given.
    var path: String
    var environment: SettingSource
    /// What is known of models, without the file.
    var models: ModelTable

    /// What a file says, and what is odd about it.
    struct Reading: Sendable {
        /// Nil where it has errors.
        var configuration: UpstreamConfiguration?
        /// In the order of the file.
        var problems: [FileProblem]
    }

    func read() -> Reading {
        let problems = FileProblems(file: path)
        let configuration = FileValue(yaml: path, maxBytes: Self.maxBytes, problems: problems).flatMap { read($0) }
        return Reading(configuration: problems.errors.isEmpty ? configuration : nil, problems: problems.sorted)
    }

    private func read(_ root: FileValue) -> UpstreamConfiguration? {
        guard let file = root.mapping(["default", "upstreams", "models", "allow_inline_keys"]) else { return nil }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let models = models.overridden(by: ModelReader.read(file["models"]))
        guard let value = file["upstreams"] else {
            if !file.members.contains(where: { $0.name == "upstreams" }) { root.refuse("the file has no upstreams.") }
            return nil
        }
        guard let members = value.mapping()?.members else { return nil }
        if members.isEmpty { value.refuse("has no upstream.") }
        let names = members.map(\.name)
        let reader = UpstreamReader(
            keys: KeyReader(
                environment: environment, folder: folder, allowsInline: file["allow_inline_keys"]?.flag() ?? false),
            route: RouteReader(folder: folder), models: models, names: names,
            clientKeyed: Set(members.filter { $0.value.node["keys"]?.string == "client" }.map(\.name)))
        let upstreams = members.compactMap { reader.read($0.name, $0.value) }
        let defaultName = defaultName(file["default"], among: names)
        guard upstreams.count == members.count, let first = names.first else { return nil }
        var hasher = Hasher()
        file["models"]?.hash(into: &hasher)
        return UpstreamConfiguration(
            upstreams: upstreams, defaultName: defaultName ?? first, models: models,
            modelsFingerprint: hasher.finalize())
    }

    private func defaultName(_ value: FileValue?, among names: [String]) -> String? {
        guard let value, let name = value.text() else { return nil }
        if names.contains(name) { return name }
        value.refuseUnknown(name, among: names)
        return nil
    }
}
