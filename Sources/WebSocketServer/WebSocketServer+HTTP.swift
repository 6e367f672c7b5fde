internal import BridgeCore

extension WebSocketServer {
    /// What comes of a request.
    enum Outcome {
        case reply(HTTPReply)
        case upgrade(AdmittedHandshake)
    }

    func outcome(of head: RequestHead) -> Outcome {
        let isUpgrade = Upgrade.isAsked(by: head)
        let handshake = head.handshake(isUpgrade: isUpgrade)
        switch acceptor.admit(handshake) {
        case .refuse(let status, let message):
            return .reply(.text(status, message))
        case .accept:
            guard isUpgrade else { return .reply(reply(to: head)) }
            let farewell = isFull ? (message: TooManyConnections.frame, code: TooManyConnections.code) : nil
            let outcome = upgrade(head, AdmittedHandshake(handshake: handshake, farewell: farewell))
            if case .upgrade = outcome, farewell != nil { acceptor.turnedAway(handshake) }
            return outcome
        case .acceptThenClose(_, let message, let code):
            guard isUpgrade else { return .reply(.text(403, "This is not for you.")) }
            return upgrade(head, AdmittedHandshake(handshake: handshake, farewell: (message, code)))
        }
    }

    private func upgrade(_ head: RequestHead, _ admitted: AdmittedHandshake) -> Outcome {
        if let refusal = Upgrade.refusal(of: head, path: options.path, subprotocol: options.subprotocol) {
            return .reply(refusal)
        }
        return .upgrade(admitted)
    }

    private func reply(to head: RequestHead) -> HTTPReply {
        guard head.method != .other else {
            return .text(405, "Only GET and HEAD are answered.", headers: [("Allow", "GET, HEAD")])
        }
        switch head.target.path {
        case "/healthz":
            return acceptor.isHealthy ? .text(200, "ok") : .text(503, "draining")
        case options.path:
            return .text(426, "A WebSocket is opened here.", headers: [("Upgrade", "websocket")])
        default:
            return fileReply(to: head)
        }
    }

    private func fileReply(to head: RequestHead) -> HTTPReply {
        // Tags are compared weakly (RFC 9110 section 13.1.2).
        let known = HeaderList.tokens(head["if-none-match"]).map { $0.hasPrefix("W/") ? String($0.dropFirst(2)) : $0 }
        let rules = { (file: PublicFiles.File) in
            BrowserRules.of(contentType: file.contentType, destination: head["sec-fetch-dest"])
        }
        let tag = { (file: PublicFiles.File) in "\"\(file.stamp)-\(rules(file).version)\"" }
        let isKnown = { (file: PublicFiles.File) in known.contains(tag(file)) || known.contains("*") }
        let accepted = AcceptEncoding(head["accept-encoding"])
        switch files?.file(at: head.target.path, accepting: accepted, unless: isKnown) ?? .missing {
        case .missing:
            return .text(404, "Nothing is here.")
        case .notAcceptable:
            return .text(
                406, "The file is here, but in none of the codings that Accept-Encoding allows.",
                headers: [("Vary", "Accept-Encoding")])
        case .exhausted:
            return .busy
        case .tooLarge:
            return .text(500, "The file is too large to be served.")
        case .found(let file):
            let isKnown = isKnown(file)
            var headers = [("ETag", tag(file))]
            if let names = Self.vary(file) { headers.append(("Vary", names)) }
            if file.coding != .identity, !isKnown { headers.append(("Content-Encoding", file.coding.name)) }
            return HTTPReply(
                status: isKnown ? 304 : 200, contentType: file.contentType, rules: rules(file), headers: headers,
                body: file.body)
        }
    }

    /// The request's headers on which a file's bytes and rules depend (RFC 9110 section 12.5.5).
    private static func vary(_ file: PublicFiles.File) -> String? {
        let names =
            (file.varies ? ["Accept-Encoding"] : [])
            + (BrowserRules.vary(contentType: file.contentType) ? ["Sec-Fetch-Dest"] : [])
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}
