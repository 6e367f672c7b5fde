import ChatProtocol
import Providers

extension RequestPlan {
    /// Upstreams that one request may be sent to, retries not counted.
    static let maxSteps = 8

    /// The upstream that a `chat` names, the one that serves its model, or the default; then that one's fallbacks, each once
    /// and without those of its own, so that the chain has an end. A request's own key goes to the first upstream only:
    /// others are asked with the server's, and those that want a client's are left out.
    static func steps(for chat: ChatCommand, in catalogue: UpstreamCatalogue) throws(CommandError) -> [Step] {
        let target = try catalogue.target(for: chat)
        // Without either the upstream decides: servers of a single model have no need of its name.
        let first = Step(target: target, model: chat.model ?? target.defaultModel, key: try target.key(given: chat.key))
        var steps = [first]
        for fallback in target.fallbacks where steps.count < maxSteps {
            guard let next = catalogue.target(named: fallback.upstream) else { continue }
            let isSame = next === target
            let model = fallback.model ?? next.defaultModel
            guard isSame || next.keyPolicy != .client,
                !steps.contains(where: { $0.target === next && $0.model == model })
            else { continue }
            steps.append(Step(target: next, model: model, key: isSame ? first.key : next.key))
        }
        return steps
    }
}

extension RequestPlan.Step {
    /// What this upstream is sent, without the headers of its configuration.
    func encode(_ chat: ChatRequest) throws(CommandError) -> EncodedRequest {
        do throws(RequestError) {
            var chat = chat
            chat.model = model
            let facts = model.map(target.facts)
            return try Providers.encode(
                chat, for: target.dialect, endpoint: target.endpoint, rules: target.rules,
                maxOutputTokens: facts?.maxOutputTokens, adaptiveThinking: facts?.adaptiveThinking ?? [])
        } catch {
            throw CommandError(.badRequest, error.message, field: error.field)
        }
    }
}

extension UpstreamCatalogue {
    /// The upstream that a `chat` means. With a key of its user's it must not be a guess: where none serves the model that is
    /// named and another one than the default takes such keys, the default would get a secret that may have been meant for that.
    func target(for chat: ChatCommand) throws(CommandError) -> UpstreamTarget {
        if let name = chat.upstream { return try target(asked: name) }
        guard let model = chat.model else { return defaultTarget }
        if let target = target(serving: model) { return target }
        let others = targets.filter { $0.keyPolicy != .server && $0 !== defaultTarget }
        guard chat.key == nil || others.isEmpty else {
            throw CommandError(
                .badRequest,
                "No upstream is known to serve this model, so it is not clear which one `key` is for: name it in `upstream`; there are: \(names).",
                field: "upstream")
        }
        return defaultTarget
    }

    /// The upstream that a command names.
    func target(asked name: String) throws(CommandError) -> UpstreamTarget {
        if let target = target(named: name) { return target }
        throw CommandError(
            .badRequest, "There is no upstream of that name; there are: \(names).", field: "upstream")
    }

    private var names: String { targets.map(\.name).joined(separator: ", ") }
}
