import ChatProtocol
import Providers

/// The command `chat` ("chat" in docs/protocol.md).
extension Node {
    func chat(_ chat: ChatCommand, id: [UInt8]?, _ client: Client) throws(CommandError) {
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
        try checkRoomForTransfer()
        if chat.model == "" { throw CommandError(.badRequest, "`model` is empty.", field: "model") }
        let steps = try RequestPlan.steps(for: chat, in: catalogue)
        let first = steps[0]
        if let replaces = chat.replaces, session.turnSeq(of: replaces) == nil {
            throw CommandError(
                .unknownRequest, "`replaces` names a request that is not in the transcript.", field: "replaces")
        }
        try check(params: chat.params)
        let body = self.body(of: chat, model: first.model, in: session)
        client.spend(requestBytes: body.count)
        guard body.count <= limits.maxRequestBytes else {
            throw CommandError(
                .badRequest,
                "The conversation makes a request of \(body.count) bytes; at most \(limits.maxRequestBytes) are sent.")
        }
        guard hub.hasRoom(for: body.count) else {
            throw CommandError(.tooManyRequests, "The server's memory for sessions is full; try again later.")
        }
        client.enqueue(
            ConnectionFrame.accepted(id: id, session: chat.session, request: chat.request, duplicate: false))
        session.accept(
            chat,
            plan: RequestPlan(
                steps: steps,
                encoded: EncodedRequest(
                    url: first.target.endpoint.chatURL,
                    headers: [("Content-Type", "application/json"), ("Accept", "text/event-stream")], body: body)))
    }

    private func check(params: [UInt8]?) throws(CommandError) {
        guard let params else { return }
        do throws(ParameterError) {
            try ChatRequest.checkParameters(params.span)
        } catch {
            throw CommandError(.badRequest, "\(error)")
        }
    }

    /// The body of the upstream's request.
    private func body(of chat: ChatCommand, model: String?, in session: Session) -> [UInt8] {
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
        return ChatRequest(model: model, messages: messages, params: chat.params).encode()
    }
}
