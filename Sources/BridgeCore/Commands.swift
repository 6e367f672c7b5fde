import ChatProtocol
import Providers

/// What each command does ("Client to server" in docs/protocol.md).
extension Node {
    func handle(_ parsed: ParsedCommand, from client: Client) {
        do throws(CommandError) {
            switch parsed.result {
            case .failure(let error): throw error
            case .success(.hello): client.enqueue(ConnectionFrame.hello(id: parsed.id))
            case .success(.ping(let t)): client.enqueue(ConnectionFrame.pong(id: parsed.id, t: t))
            case .success(.join(let session, let after)):
                try join(session, after: after, id: parsed.id, client)
            case .success(.leave(let id)):
                if let session = hub.session(id) { client.leave(session) }
                client.enqueue(ConnectionFrame.left(id: parsed.id, session: id))
            case .success(.abort(let id, let request)):
                try abort(id, request: request, id: parsed.id, client)
            case .success(.chat(let chat)): try self.chat(chat, id: parsed.id, client)
            case .success(.models(let upstream, let key)):
                try models(upstream: upstream, key: key, id: parsed.id, client)
            }
        } catch {
            var request: String?
            if case .success(.chat(let chat)) = parsed.result { request = chat.request }
            if case .success(.abort(_, let named)) = parsed.result { request = named }
            diagnostics.record(
                .commandRefused(connection: client.id, command: parsed.knownType, code: error.code))
            client.enqueue(
                ConnectionFrame.error(
                    id: parsed.id, code: error.code, message: error.message,
                    command: parsed.type?.excerpt(maxBytes: 64),
                    session: parsed.session, request: request))
        }
    }

    private func join(_ name: String, after: Position?, id: [UInt8]?, _ client: Client) throws(CommandError) {
        var failure: CommandError?
        if client.subscriptions.count >= limits.maxSubscriptions,
            hub.session(name).flatMap({ client.subscription(to: $0) }) == nil
        {
            throw CommandError(
                .tooManyRequests, "One connection may join \(limits.maxSubscriptions) sessions; leave some first.")
        }
        hub.openSession(name) { result in
            switch result {
            case .success(let session): client.join(session, id: id, after: after)
            case .failure(let error): failure = error
            }
        }
        if let failure { throw failure }
    }

    private func joined(_ name: String, _ client: Client) throws(CommandError) -> Session {
        guard let session = hub.session(name), client.subscription(to: session) != nil else {
            throw CommandError(.notJoined, "Join the session first.")
        }
        return session
    }

    private func abort(_ name: String, request: String?, id: [UInt8]?, _ client: Client) throws(CommandError) {
        let session = try joined(name, client)
        if let request, !session.hasSeen(request) {
            throw CommandError(.unknownRequest, "This session has never seen that request.")
        }
        let requests = session.abort(request, by: client.id)
        client.enqueue(ConnectionFrame.aborted(id: id, session: name, requests: requests))
    }

    private func chat(_ chat: ChatCommand, id: [UInt8]?, _ client: Client) throws(CommandError) {
        let session = try joined(chat.session, client)
        if let epoch = chat.epoch, epoch != session.log.epoch {
            throw CommandError(.interrupted, "The session has been lost and begun again since; nothing was started.")
        }
        switch session.look(up: chat) {
        case .new: break
        case .same:
            return client.enqueue(
                ConnectionFrame.accepted(id: id, session: chat.session, request: chat.request, duplicate: true))
        case .different: throw CommandError(.requestExists, "That request id was used for something else.")
        }
        if isDraining { throw CommandError(.draining, "The server is going away; reconnect and send this again.") }
        if session.running.count >= limits.maxSessionRequests {
            throw CommandError(.tooManyRequests, "A session may have \(limits.maxSessionRequests) requests at a time.")
        }
        if hub.runningTransfers >= limits.maxRequests {
            throw CommandError(.tooManyRequests, "The server runs as many requests as it may; try again later.")
        }
        let target = try target(chat.upstream)
        if chat.model == "" { throw CommandError(.badRequest, "`model` is empty.") }
        // Without either the upstream decides: servers of a single model have no need of its name.
        let model = chat.model ?? target.defaultModel
        if let replaces = chat.replaces, session.turnSeq(of: replaces) == nil {
            throw CommandError(.unknownRequest, "`replaces` names a request that is not in the transcript.")
        }
        let key = try self.key(chat.key) ?? target.key
        let encoded = try encoded(chat, model: model, for: target, in: session)
        client.spend(requestBytes: encoded.body.count)
        guard encoded.body.count <= limits.maxRequestBytes else {
            throw CommandError(
                .badRequest,
                "The conversation makes a request of \(encoded.body.count) bytes; at most \(limits.maxRequestBytes) are sent."
            )
        }
        guard hub.hasRoom(for: encoded.body.count) else {
            throw CommandError(.tooManyRequests, "The server's memory for sessions is full; try again later.")
        }
        client.enqueue(
            ConnectionFrame.accepted(id: id, session: chat.session, request: chat.request, duplicate: false))
        session.accept(
            chat,
            plan: RequestPlan(
                steps: [.init(target: target, model: model, key: key)], encoded: encoded))
    }

    private func target(_ name: String?) throws(CommandError) -> UpstreamTarget {
        guard let name else { return catalogue.defaultTarget }
        if let target = catalogue.target(named: name) { return target }
        let names = catalogue.targets.map(\.name).joined(separator: ", ")
        throw CommandError(.badRequest, "There is no upstream of that name; there are: \(names).")
    }

    /// The upstream's request.
    private func encoded(
        _ chat: ChatCommand, model: String?, for target: UpstreamTarget, in session: Session
    ) throws(CommandError) -> EncodedRequest {
        var messages: [UInt8] = [UInt8(ascii: "[")]
        switch chat.prompt {
        case .messages(let list):
            for (index, message) in list.enumerated() {
                if index > 0 { messages.append(UInt8(ascii: ",")) }
                messages.append(contentsOf: message.json)
            }
        case .input(let input):
            messages.append(contentsOf: session.context(for: chat))
            if messages.count > 1 { messages.append(UInt8(ascii: ",")) }
            messages.append(contentsOf: Turn.userMessage(input))
        }
        messages.append(UInt8(ascii: "]"))
        do throws(RequestError) {
            return try encode(
                ChatRequest(model: model, messages: messages, params: chat.params), for: target.dialect,
                endpoint: target.endpoint, rules: target.rules,
                maxOutputTokens: target.facts(model ?? "").maxOutputTokens)
        } catch {
            throw CommandError(.badRequest, error.message)
        }
    }

    private func key(_ text: String?) throws(CommandError) -> APIKey? {
        guard let text else { return nil }
        guard let key = APIKey(text) else {
            throw CommandError(
                .badRequest, "`key` must be printable ASCII without spaces, at most \(APIKey.maxBytes) bytes.")
        }
        return key
    }

    private func models(upstream name: String?, key: String?, id: [UInt8]?, _ client: Client) throws(CommandError) {
        let target = try target(name)
        if isDraining { throw CommandError(.draining, "The server is going away; reconnect and ask again.") }
        if hub.runningTransfers >= limits.maxRequests {
            throw CommandError(.tooManyRequests, "The server runs as many requests as it may; try again later.")
        }
        let key = try self.key(key) ?? target.key
        let query = ModelQuery(id: id, target: target, key: key, client: client)
        guard client.start(query) else {
            throw CommandError(
                .tooManyRequests, "\(Client.maxQueries) model lists are under way on this connection already.")
        }
        query.start()
    }
}
