import ChatProtocol

/// Who may connect, and what becomes of a connection.
extension Node: ConnectionAcceptor {
    package var isHealthy: Bool { !isDraining }

    package func admit(_ handshake: Handshake) -> Admission {
        guard policy.serves(host: handshake.host) else {
            diagnostics.record(.connectionRefused(reason: "host"))
            return .refuse(status: 421, message: "This server does not answer to that host name (see --allow-host).\n")
        }
        guard handshake.isUpgrade else { return .accept(subprotocol: nil) }
        let isOffered = handshake.subprotocols.contains(Self.subprotocol)
        guard handshake.subprotocols.isEmpty || isOffered else {
            diagnostics.record(.connectionRefused(reason: "subprotocol"))
            return .refuse(status: 400, message: "This server speaks the subprotocol \(Self.subprotocol).\n")
        }
        let subprotocol = isOffered ? Self.subprotocol : nil
        guard policy.allows(origin: handshake.origin, host: handshake.host) else {
            diagnostics.record(.connectionRefused(reason: "origin"))
            let message = ConnectionFrame.error(
                id: nil, code: .forbidden, message: "Pages of this origin may not connect (see --allow-origin).",
                command: nil, session: nil)
            return .acceptThenClose(subprotocol: subprotocol, message: message, code: .forbidden)
        }
        return .accept(subprotocol: subprotocol)
    }

    package func turnedAway(_ handshake: Handshake) {
        diagnostics.record(.connectionRefused(reason: "max_connections"))
    }

    package func open(_ connection: any Connection, handshake: Handshake) -> any ConnectionHandler {
        let client = Client(id: "c" + randomID(), connection: connection, node: self)
        hub.add(client)
        diagnostics.record(.connectionOpened(connection: client.id))
        client.enqueue(
            ConnectionFrame.welcome(
                .init(
                    connection: client.id, server: Self.serverName, features: features,
                    heartbeatMilliseconds: limits.pingInterval, messageBytes: limits.maxMessageBytes,
                    requestBytes: limits.maxRequestBytes, answerBytes: limits.maxAnswerBytes,
                    eventBytes: limits.maxEventBytes)))
        if isDraining { sendAway(client) }
        for session in handshake.sessions {
            let isValid = Identifier.isValid(session)
            handle(
                ParsedCommand(
                    id: nil, type: "join", session: isValid ? session : nil,
                    result: isValid
                        ? .success(.join(session: session, after: nil))
                        : .failure(CommandError(.badRequest, "`session` in the URL is not a valid id."))),
                from: client)
        }
        return client
    }
}
