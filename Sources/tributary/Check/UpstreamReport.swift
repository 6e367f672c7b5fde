import BridgeCore
import Providers

/// What `tributary check` says of a configuration that is good.
struct UpstreamReport {
    var configuration: UpstreamConfiguration

    var text: String {
        var table = TextTable(header: ["UPSTREAM", "DIALECT", "URL", "KEY", "MODELS", "LIMITS"])
        for upstream in configuration.upstreams {
            let target = upstream.target
            table.rows.append([
                target.name == configuration.defaultName ? "\(target.name) (default)" : target.name,
                target.dialect.rawValue, upstream.baseURL, Self.key(upstream), Self.models(target), Self.limits(target),
            ])
        }
        return table.text
    }

    private static func key(_ upstream: ConfiguredUpstream) -> String {
        switch (upstream.keyOrigin, upstream.target.keyPolicy) {
        case (.client, _), (_, .server): upstream.keyOrigin.description
        case (let origin, _): "\(origin), or the client's"
        }
    }

    /// The default model first.
    private static func models(_ target: UpstreamTarget) -> String {
        let parts = (target.defaultModel.map { ["\($0) (default)"] } ?? []) + target.models
        return parts.isEmpty ? "any" : parts.joined(separator: ", ")
    }

    private static func limits(_ target: UpstreamTarget) -> String {
        var parts = target.maxConcurrent.map { ["\($0) at a time"] } ?? []
        parts.append("\(target.retry.maxAttempts) attempt\(target.retry.maxAttempts == 1 ? "" : "s")")
        for (name, time) in [
            ("connect", target.timeouts.connect), ("first byte", target.timeouts.firstByte),
            ("idle", target.timeouts.idle), ("total", target.timeouts.total),
        ] {
            if let time { parts.append("\(name) \(DurationArgument(milliseconds: time))") }
        }
        if !target.fallbacks.isEmpty {
            parts.append("then \(target.fallbacks.map(\.upstream).joined(separator: ", "))")
        }
        return parts.joined(separator: ", ")
    }
}
