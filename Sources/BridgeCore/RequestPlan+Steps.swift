import ChatProtocol
import Providers

extension RequestPlan {
    /// Upstreams that one request may be sent to, retries not counted.
    static let maxSteps = 8

    /// The upstream that a `chat` names, the one that serves its model, or the default; then that one's fallbacks, each once
    /// and without those of its own, so that the chain has an end. A request's own key goes to the first upstream only:
    /// others are asked with the server's, and those that want a client's are left out.
    static func steps(for chat: ChatCommand, in catalogue: UpstreamCatalogue) throws(CommandError) -> [Step] {
        let target: UpstreamTarget
        if let name = chat.upstream {
            target = try catalogue.target(asked: name)
        } else {
            target = chat.model.map(catalogue.target(serving:)) ?? catalogue.defaultTarget
        }
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
    /// The upstream that a command names.
    func target(asked name: String) throws(CommandError) -> UpstreamTarget {
        if let target = target(named: name) { return target }
        let names = targets.map(\.name).joined(separator: ", ")
        throw CommandError(
            .badRequest, "There is no upstream of that name; there are: \(names).", field: "upstream")
    }
}
