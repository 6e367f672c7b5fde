import ChatProtocol
import Providers

/// What each command does ("Client to server" in docs/protocol.md).
extension Node {
    /// - Parameter ledger: what has been counted for this command, if it is taken up again.
    func handle(_ parsed: ParsedCommand, from client: Client, ledger: TokenLedger? = nil) {
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
            case .success(.chat(let chat)):
                try self.chat(CountedChat(parsed: parsed, chat: chat, client: client, ledger: ledger))
            case .success(.models(let upstream, let key)):
                try listModels(upstream: upstream, key: key, id: parsed.id, client)
            case .success(.keyCheck(let upstream, let key)):
                try check(key, upstream: upstream, id: parsed.id, client)
            }
        } catch {
            diagnostics.record(
                .commandRefused(connection: client.id, command: parsed.knownType, code: error.code))
            client.enqueue(
                ConnectionFrame.error(
                    id: parsed.id, code: error.code, message: error.message,
                    command: parsed.type?.excerpt(maxBytes: 64),
                    session: parsed.session, request: parsed.request, field: error.field))
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

    func joined(_ name: String, _ client: Client) throws(CommandError) -> Session {
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
}
