internal import BridgeCore
internal import CLibwebsockets
internal import ChatProtocol

/// One WebSocket: the owner of what we know about a libwebsockets connection (`wsi`), from the accepted handshake on.
///
/// Held by the `wsi`'s user pointer until libwebsockets destroys that, and by the server while it is open. On the loop thread.
/// It never closes a `wsi` from within a call: a close is a frame that is sent, and a drop is left to the loop.
final class WebSocketConnection {
    enum State {
        /// The handshake is being answered. To open, closed.
        case opening
        /// Messages flow. To closing, ending, dropped, closed.
        case open
        /// To be closed by us, as soon as libwebsockets holds no part of an earlier frame. To closeSent, ending, dropped,
        /// closed.
        case closing
        /// Our close frame has left. To dropped, closed.
        case closeSent
        /// libwebsockets closes: the peer's close frame came, or it broke a rule. To dropped, closed.
        case ending
        /// The socket failed or the peer is given up; libwebsockets has been told. To closed.
        case dropped
        /// The socket is gone.
        case closed
    }

    /// Fragments of one message written in a row: 256 KiB, then others get their turn.
    static let fragmentsPerTurn = 4

    let wsi: OpaquePointer
    let server: WebSocketServer
    /// Where the server keeps it in its list.
    var index = 0
    var state = State.opening
    /// What the handshake said and what came of it, until the WebSocket is open.
    var admitted: AdmittedHandshake?
    var handler: (any ConnectionHandler)?

    /// Fragments of a message that is not complete yet, counted in the server's budget.
    var incoming: [UInt8] = []
    /// Loop time in milliseconds since when it is incomplete; 0 while none is.
    var incomingSince: UInt64 = 0
    var isReadingPaused = false

    /// The message under way in fragments.
    var outgoing: FragmentedMessage?
    /// Text, or binary where the options allow an answer in kind and the last message received was.
    var outgoingKind = LWS_WRITE_TEXT
    var wantsWritable = false
    var closePayload: [UInt8] = []

    /// Loop times in milliseconds.
    var lastHeard: UInt64
    var nextPing: UInt64
    var closeDeadline: UInt64 = 0
    /// Since when the peer has taken no byte while we wait for the socket; 0 while we do not.
    var blockedSince: UInt64 = 0
    /// Bytes that the peer had not acknowledged at the last look.
    var unacknowledged: Int32 = 0
    var isPingDue = false

    init(wsi: OpaquePointer, server: WebSocketServer, admitted: AdmittedHandshake) {
        self.wsi = wsi
        self.server = server
        self.admitted = admitted
        let now = server.now
        lastHeard = now
        // Spread over the interval, so that tabs that came together are not pinged together.
        nextPing = now + .random(in: 0...server.pingInterval)
    }

    /// True while libwebsockets holds bytes that the socket has not taken.
    var hasPartial: Bool { lws_partial_buffered(wsi) != 0 }

    // MARK: What libwebsockets reports

    /// The handshake's answer has left.
    func established() {
        guard state == .opening, let admitted else { return }
        self.admitted = nil
        state = .open
        server.add(self, isCounted: admitted.farewell == nil)
        if let farewell = admitted.farewell {
            var message = MessageBuffer(capacity: farewell.message.count)
            message.bytes.append(contentsOf: farewell.message)
            send(&message)
            close(farewell.code, reason: "")
        } else {
            handler = server.acceptor.open(self, handshake: admitted.handshake)
        }
    }

    /// The peer's close frame came. True where the connection can end at once, because ours has been sent; otherwise
    /// libwebsockets answers it.
    func peerClosed() -> Bool {
        if state == .closeSent { return true }
        end()
        return false
    }

    /// libwebsockets has begun to close, for a reason of its own.
    ///
    /// Where it is a frame's head (a control frame beyond 125 bytes, RFC 6455 section 5.5; a length beyond 2^63, section 5.2),
    /// it would not say so to the peer: of all that it closes for, this alone leaves it without a reason and the socket in order.
    func ending() {
        if state == .open, lws_get_close_length(wsi) == 0, tributary_is_connected(lws_get_socket_fd(wsi)) {
            lws_close_reason(wsi, LWS_CLOSE_STATUS_PROTOCOL_ERR, nil, 0)
        }
        end()
    }

    private func end() {
        if state == .open || state == .closing { state = .ending }
        release()
    }

    /// The socket is gone.
    func closed() {
        guard state != .closed else { return }
        let wasOpen = state != .opening
        state = .closed
        release()
        admitted = nil
        guard wasOpen else { return }
        server.remove(self, wasCounted: handler != nil)
        let handler = handler
        self.handler = nil
        handler?.connectionClosed()
    }

    /// Gives back what only an open connection needs.
    private func release() {
        forgetIncoming()
        outgoing = nil
        wantsWritable = false
    }

    /// Gives the connection up: nothing is sent any more, and libwebsockets closes the socket from the loop.
    func drop() {
        guard state != .dropped, state != .closed else { return }
        state = .dropped
        release()
        server.context?.drop(wsi)
    }
}

/// What the core said to an upgrade, kept from its question to the open WebSocket.
final class AdmittedHandshake {
    let handshake: Handshake
    /// What is said to a connection that is closed as soon as it is open.
    let farewell: (message: [UInt8], code: CloseCode)?

    init(handshake: Handshake, farewell: (message: [UInt8], code: CloseCode)?) {
        self.handshake = handshake
        self.farewell = farewell
    }
}
