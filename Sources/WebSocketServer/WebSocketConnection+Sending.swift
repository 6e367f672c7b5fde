internal import BridgeCore
internal import CLibwebsockets
internal import ChatProtocol

extension WebSocketConnection: Connection {
    var isWritable: Bool { state == .open && outgoing == nil && !hasPartial }

    /// Swallows the message where the connection is no longer open. Traps where it is open and not writable: libwebsockets
    /// would keep a copy, or put the message into the middle of another.
    func send(_ message: inout MessageBuffer) {
        guard state == .open else { return }
        precondition(isWritable, "send(_:) on a connection that is not writable")
        let count = message.payloadCount
        let written = message.bytes.withUnsafeMutableBufferPointer {
            lws_write(wsi, $0.baseAddress! + MessageBuffer.headroom, count, outgoingKind)
        }
        finishWrite(written >= 0)
    }

    /// As above. The first fragments leave from within this call.
    func send(_ message: SharedMessage) {
        guard state == .open else { return }
        precondition(isWritable, "send(_:) on a connection that is not writable")
        outgoing = FragmentedMessage(message)
        sendFragments()
    }

    func requestWritable() {
        guard state == .open else { return }
        wantsWritable = true
        waitForSocket()
    }

    func pauseReading(_ paused: Bool) {
        guard state == .open, paused != isReadingPaused else { return }
        isReadingPaused = paused
        // While it was not listened to, the peer could not be heard.
        lastHeard = server.now
        if incomingSince != 0 { incomingSince = server.now }
        lws_rx_flow_control(wsi, paused ? 0 : 1)
    }

    /// A message that is under way in fragments is broken off: a close frame may stand between them (RFC 6455 section 5.4).
    func close(_ code: CloseCode, reason: String) {
        guard state == .open else { return }
        // The peer's answer has to be read.
        pauseReading(false)
        state = .closing
        forgetIncoming()
        outgoing = nil
        wantsWritable = false
        closePayload = ClosePayload.bytes(code, reason: reason)
        closeDeadline = server.now + server.closeTimeout
        if !hasPartial { sendClose() }
    }

    /// The socket takes bytes again, and libwebsockets holds none. False where the connection is dead.
    func writable() -> Bool {
        blockedSince = 0
        switch state {
        case .closing:
            sendClose()
        case .open:
            if isPingDue { sendPing() }
            sendFragments()
            if wantsWritable, isWritable {
                wantsWritable = false
                handler?.connectionWritable()
            }
        case .opening, .closeSent, .ending, .dropped, .closed:
            break
        }
        return state != .dropped
    }

    /// Control frames go between fragments too; what waits is sent from `writable()`.
    func sendPing() {
        isPingDue = hasPartial
        if isPingDue { return }
        // Not empty: of an empty pong libwebsockets does not tell.
        finishWrite(server.writeBuffer.write([UInt8(ascii: "t")], to: wsi, as: LWS_WRITE_PING))
    }

    private func sendClose() {
        state = .closeSent
        finishWrite(server.writeBuffer.write(closePayload, to: wsi, as: TRIBUTARY_LWS_WRITE_CLOSE))
        closePayload = []
    }

    private func sendFragments() {
        var fragmentsLeft = Self.fragmentsPerTurn
        while outgoing != nil, !hasPartial {
            guard fragmentsLeft > 0 else { return waitForSocket() }
            fragmentsLeft -= 1
            guard sendFragment() else { return }
        }
    }

    /// False where the socket is dead.
    private func sendFragment() -> Bool {
        guard let fragment = outgoing else { return false }
        let isLast = fragment.isLast
        var kind = fragment.isFirst ? outgoingKind.rawValue : LWS_WRITE_CONTINUATION.rawValue
        if !isLast { kind |= LWS_WRITE_NO_FIN.rawValue }
        let written = server.writeBuffer.write(
            count: fragment.nextCount, to: wsi, as: lws_write_protocol(rawValue: kind)
        ) { outgoing?.take(into: $0) }
        if isLast { outgoing = nil }
        finishWrite(written)
        return written
    }

    private func finishWrite(_ written: Bool) {
        guard written else { return drop() }
        if hasPartial { waitForSocket() }
    }

    /// Has `writable()` called when the socket has room; until then it counts as blocked.
    private func waitForSocket() {
        if blockedSince == 0 {
            blockedSince = server.now
            unacknowledged = tributary_unacknowledged_bytes(lws_get_socket_fd(wsi))
        }
        lws_callback_on_writable(wsi)
    }
}
