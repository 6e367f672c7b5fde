internal import BridgeCore
internal import CLibwebsockets

extension WebSocketServer {
    /// An upgrade request: 0 goes on, 1 is answered, -1 hangs up.
    func upgradeRequested(_ wsi: OpaquePointer) -> Int32 {
        // An upgrade to something unknown is answered by libwebsockets, which then asks all the same, without headers.
        guard let head = RequestHead(wsi), head.upgrade != nil else { return -1 }
        let handshake = head.handshake(isUpgrade: true)
        switch acceptor.admit(handshake) {
        case .refuse(let status, let message):
            return refuse(wsi, .text(status, message))
        case .accept:
            if let refusal = refusal(of: head) { return refuse(wsi, refusal) }
            let farewell = isFull ? (message: TooManyConnections.frame, code: TooManyConnections.code) : nil
            return accept(wsi, AdmittedHandshake(handshake: handshake, farewell: farewell))
        case .acceptThenClose(_, let message, let code):
            if let refusal = refusal(of: head) { return refuse(wsi, refusal) }
            return accept(wsi, AdmittedHandshake(handshake: handshake, farewell: (message, code)))
        }
    }

    /// A request without an upgrade: 0 goes on, -1 hangs up.
    func requested(_ wsi: OpaquePointer) -> Int32 {
        guard let head = RequestHead(wsi) else { return -1 }
        let reply =
            switch acceptor.admit(head.handshake(isUpgrade: false)) {
            case .refuse(let status, let message): HTTPReply.text(status, message)
            case .acceptThenClose: HTTPReply.text(403, "This page is not for you.")
            case .accept: reply(to: head)
            }
        // The body of a request with one is not read, so another request could not be found behind it.
        return send(
            reply, to: wsi, withBody: head.method != .head, keepsAlive: head.keepsAlive && head.method != .other)
    }

    /// The socket takes more of a body: 0 goes on, -1 hangs up.
    func bodyWritable(_ wsi: OpaquePointer) -> Int32 {
        guard let user = lws_get_opaque_user_data(wsi) else { return 0 }
        let transfer = Unmanaged<BodyTransfer>.fromOpaque(user).takeUnretainedValue()
        guard transfer.sendNext(to: wsi, through: writeBuffer) else { return -1 }
        // Each piece has its own time to leave.
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, Int32(clamping: options.handshakeTimeout.wholeSeconds))
        if !transfer.isDone {
            lws_callback_on_writable(wsi)
            return 0
        }
        lws_set_opaque_user_data(wsi, nil)
        Unmanaged<BodyTransfer>.fromOpaque(user).release()
        return finish(wsi, keepsAlive: transfer.keepsAlive)
    }

    // MARK: Deciding

    private func refusal(of head: RequestHead) -> HTTPReply? {
        Upgrade.refusal(of: head, path: options.path, subprotocol: options.subprotocol)
    }

    private func reply(to head: RequestHead) -> HTTPReply {
        guard head.method != .other else {
            return .text(405, "Only GET and HEAD are answered.", headers: [("Allow", "GET, HEAD")])
        }
        switch head.path {
        case "/healthz":
            return acceptor.isHealthy ? .text(200, "ok") : .text(503, "draining")
        case options.path:
            return .text(426, "A WebSocket is opened here.", headers: [("Upgrade", "websocket")])
        default:
            return fileReply(to: head)
        }
    }

    private func fileReply(to head: RequestHead) -> HTTPReply {
        let known = HeaderList.tokens(head.ifNoneMatch).map { $0.hasPrefix("W/") ? String($0.dropFirst(2)) : $0 }
        let hasTag = { (tag: String) in known.contains(tag) || known.contains("*") }
        switch files?.file(at: head.path, unless: hasTag) ?? .missing {
        case .missing:
            return .text(404, "Nothing is here.")
        case .tooLarge:
            return .text(500, "The file is too large to be served.")
        case .found(let file):
            let headers = [("Content-Type", file.contentType), ("ETag", file.tag)]
            return HTTPReply(status: hasTag(file.tag) ? 304 : 200, headers: headers, body: file.body)
        }
    }

    // MARK: Answering

    /// From here on the `wsi` holds the connection, until `WSI_DESTROY`.
    private func accept(_ wsi: OpaquePointer, _ admitted: AdmittedHandshake) -> Int32 {
        let connection = WebSocketConnection(wsi: wsi, server: self, admitted: admitted)
        lws_set_opaque_user_data(wsi, Unmanaged.passRetained(connection).toOpaque())
        return 0
    }

    private func refuse(_ wsi: OpaquePointer, _ reply: HTTPReply) -> Int32 {
        // One write: libwebsockets closes behind it, and keeps for 5 s what the socket does not take.
        let bytes = reply.head(keepsAlive: false) + reply.body
        return writeBuffer.write(bytes, to: wsi, as: LWS_WRITE_HTTP_HEADERS) ? 1 : -1
    }

    private func send(_ reply: HTTPReply, to wsi: OpaquePointer, withBody: Bool, keepsAlive: Bool) -> Int32 {
        let body = withBody ? reply.body : []
        let head = reply.head(keepsAlive: keepsAlive)
        if head.count + body.count <= WriteBuffer.capacity {
            guard writeBuffer.write(head + body, to: wsi, as: LWS_WRITE_HTTP_HEADERS) else { return -1 }
            return finish(wsi, keepsAlive: keepsAlive)
        }
        guard writeBuffer.write(head, to: wsi, as: LWS_WRITE_HTTP_HEADERS) else { return -1 }
        let transfer = BodyTransfer(body, keepsAlive: keepsAlive)
        lws_set_opaque_user_data(wsi, Unmanaged.passRetained(transfer).toOpaque())
        lws_callback_on_writable(wsi)
        return 0
    }

    private func finish(_ wsi: OpaquePointer, keepsAlive: Bool) -> Int32 {
        guard keepsAlive else { return -1 }
        return lws_http_transaction_completed(wsi) == 0 ? 0 : -1
    }
}
