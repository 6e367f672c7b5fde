import ChatProtocol
import Providers

/// The command `chat` ("chat" in docs/protocol.md).
extension Node {
    func chat(_ counted: CountedChat) throws(CommandError) {
        let chat = counted.chat
        let client = counted.client
        let session = try joined(chat.session, client)
        if let epoch = chat.epoch, epoch != session.log.epoch {
            throw CommandError(.interrupted, "The session has been lost and begun again since; nothing was started.")
        }
        switch session.look(up: chat) {
        case .new: break
        case .same:
            return client.enqueue(
                ConnectionFrame.accepted(
                    id: counted.parsed.id, session: chat.session, request: chat.request, duplicate: true))
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
        var conversation = session.conversation(for: chat)
        var truncation: Truncation?
        if let context = chat.context {
            guard let fitted = try fit(conversation, of: counted, context: context, for: first) else { return }
            conversation = fitted.messages
            truncation = fitted.truncation
        }
        let request = ChatRequest(model: first.model, messages: Self.array(conversation), params: chat.params)
        let encoded = try first.encode(request)
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
            ConnectionFrame.accepted(
                id: counted.parsed.id, session: chat.session, request: chat.request, duplicate: false))
        session.accept(
            chat,
            plan: RequestPlan(
                steps: steps, encoded: encoded, chat: steps.count > 1 ? request : nil, truncation: truncation))
    }

    /// A JSON array of these messages.
    private static func array(_ messages: [[UInt8]]) -> [UInt8] {
        var array: [UInt8] = []
        array.reserveCapacity(messages.reduce(2) { $0 + $1.count + 1 })
        array.append(UInt8(ascii: "["))
        for (index, message) in messages.enumerated() {
            if index > 0 { array.append(UInt8(ascii: ",")) }
            array.append(contentsOf: message)
        }
        array.append(UInt8(ascii: "]"))
        return array
    }
}
