/// From members to meaning: what each command needs, and what it says when that is missing.
extension CommandFields {
    static let types: Set = ["hello", "join", "leave", "chat", "abort", "models", "key.check", "ping"]

    func command() throws(CommandError) -> Command {
        guard let type else { throw problem ?? CommandError(.badRequest, "A command needs a `type`.", field: "type") }
        guard Self.types.contains(type) else {
            throw CommandError(
                .unknownType, "There is no command `\(String(decoding: type.utf8.prefix(64), as: UTF8.self))`.")
        }
        if let problem { throw problem }
        switch type {
        case "hello": return .hello(client: client)
        case "join": return .join(session: try identifier("session", session), after: after)
        case "leave": return .leave(session: try identifier("session", session))
        case "chat": return .chat(try chat())
        case "abort":
            return .abort(
                session: try identifier("session", session), request: try optionalIdentifier("request", request))
        case "models": return .models(upstream: upstream, key: key)
        case "key.check":
            guard let key else { throw CommandError(.badRequest, "`key` is missing.", field: "key") }
            return .keyCheck(upstream: upstream, key: key)
        default: return .ping(t: time)
        }
    }

    private func chat() throws(CommandError) -> ChatCommand {
        let session = try identifier("session", session)
        let request = try identifier("request", request)
        if let model, model.utf8.count > ChatCommand.maxModelBytes {
            throw CommandError(
                .badRequest, "`model` is longer than \(ChatCommand.maxModelBytes) bytes.", field: "model")
        }
        let prompt: ChatCommand.Prompt
        switch (messages, input) {
        case (let messages?, nil): prompt = .messages(messages)
        case (nil, let input?): prompt = .input(input)
        case (nil, nil): throw CommandError(.badRequest, "A chat needs `messages` or `input`.")
        case (_?, _?): throw CommandError(.badRequest, "A chat takes `messages` or `input`, not both.")
        }
        let policy: ChatCommand.OrphanPolicy
        if let orphan {
            guard let known = ChatCommand.OrphanPolicy(rawValue: orphan) else {
                throw CommandError(.badRequest, "`orphan` must be \"finish\" or \"abort\".", field: "orphan")
            }
            policy = known
        } else {
            policy = .finish
        }
        return ChatCommand(
            session: session, request: request, prompt: prompt, model: model, upstream: upstream, params: params,
            key: key, context: context, orphan: policy, replaces: try optionalIdentifier("replaces", replaces),
            store: store ?? true,
            epoch: epoch)
    }

    private func identifier(_ name: String, _ value: String?) throws(CommandError) -> String {
        guard let value = try optionalIdentifier(name, value) else {
            throw CommandError(.badRequest, "`\(name)` is missing.", field: name)
        }
        return value
    }

    private func optionalIdentifier(_ name: String, _ value: String?) throws(CommandError) -> String? {
        guard let value else { return nil }
        guard Identifier.isValid(value) else {
            throw CommandError(.badRequest, "`\(name)` must be 1 to 128 characters of A-Z a-z 0-9 . _ : -", field: name)
        }
        return value
    }
}
