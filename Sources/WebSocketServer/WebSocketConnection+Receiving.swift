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
        guard lws_frame_is_binary(wsi) == 0 else {
            return close(.unsupportedData, reason: "Only text messages are understood.")
        }
        // What its frame still has to bring counts already: nothing of a message that is too big has to be waited for.
        let announced = incoming.count + piece.count + lws_remaining_packet_payload(wsi)
        guard announced <= server.maxMessageBytes else {
            return close(.messageTooBig, reason: "A message may have \(server.maxMessageBytes) bytes.")
        }
        let isComplete = lws_is_final_fragment(wsi) != 0
        if isComplete, incoming.isEmpty {
            handler?.connectionReceived(piece.span)
        } else {
            incoming.append(contentsOf: piece)
            guard isComplete else { return }
            let message = incoming
            incoming = []
            handler?.connectionReceived(message.span)
        }
    }

    /// Anything from the peer says that it is there.
    func heard() {
        lastHeard = server.now
    }
}
