internal import BridgeCore
internal import CLibwebsockets
internal import ChatProtocol

extension WebSocketConnection {
    /// A piece of a message: libwebsockets hands out at most its read buffer, whatever the frames were. Of text it has
    /// checked the UTF-8.
    func received(_ piece: UnsafeBufferPointer<UInt8>) {
        heard()
        // After a close was begun, what comes is read and thrown away until the peer's answer (RFC 6455 section 5.5.1).
        guard state == .open else { return }
        let isBinary = lws_frame_is_binary(wsi) != 0
        guard !isBinary || server.options.answersInKind else {
            return close(.unsupportedData, reason: "Only text messages are understood.")
        }
        outgoingKind = isBinary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT
        guard fits(piece.count) else {
            return close(.messageTooBig, reason: "A message may have \(server.maxMessageBytes) bytes.")
        }
        let isComplete = lws_is_final_fragment(wsi) != 0
        if isComplete, incoming.isEmpty {
            incomingSince = 0
            handler?.connectionReceived(piece.span)
        } else if !keep(piece) {
            close(.tooManyConnections, reason: "The server has too many unfinished messages. Try again in a while.")
        } else if isComplete {
            let message = incoming
            forgetIncoming()
            handler?.connectionReceived(message.span)
        }
    }

    /// Whether the message may go on with `count` bytes. What its frame still has to bring counts already: nothing of a
    /// message that is too big has to be waited for.
    ///
    /// A frame may announce 2^63 - 1 bytes (RFC 6455 section 5.2), so nothing is ever added to what it announces.
    private func fits(_ count: Int) -> Bool {
        let room = server.maxMessageBytes - incoming.count - count
        return room >= 0 && (0...room).contains(lws_remaining_packet_payload(wsi))
    }

    /// False where all connections together keep too much already.
    private func keep(_ piece: UnsafeBufferPointer<UInt8>) -> Bool {
        guard server.incompleteMessages.take(piece.count) else { return false }
        if incomingSince == 0 { incomingSince = server.now }
        incoming.append(contentsOf: piece)
        return true
    }

    /// Gives back the bytes of a message that is complete now, or never will be.
    func forgetIncoming() {
        server.incompleteMessages.giveBack(incoming.count)
        incoming = []
        incomingSince = 0
    }

    /// Anything from the peer says that it is there.
    func heard() {
        lastHeard = server.now
    }
}
