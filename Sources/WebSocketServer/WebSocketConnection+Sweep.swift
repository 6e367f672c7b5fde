internal import CLibwebsockets
internal import ChatProtocol

extension WebSocketConnection {
    /// What time alone brings about; called for every connection in turn, about once a second.
    func sweep(now: UInt64) {
        switch state {
        case .open:
            if now >= nextPing {
                nextPing = now + server.pingInterval
                sendPing()
            }
            if blockedSince != 0 {
                sweepBlocked(now: now)
            } else if !isReadingPaused, now - lastHeard >= server.peerTimeout {
                drop()
            }
        case .closing, .closeSent:
            if now >= closeDeadline { drop() }
        case .ending:
            if now - lastHeard >= server.peerTimeout { drop() }
        case .opening, .dropped, .closed:
            break
        }
    }

    /// The socket is full. It reports itself writable only when a good part of it is free again; whether the peer takes
    /// anything at all, the count of unacknowledged bytes tells.
    private func sweepBlocked(now: UInt64) {
        let count = tributary_unacknowledged_bytes(lws_get_socket_fd(wsi))
        if count != unacknowledged {
            unacknowledged = count
            blockedSince = now
            lastHeard = now
        } else if now - blockedSince >= server.blockedTimeout {
            close(.blocked, reason: "The connection took no byte for too long.")
        }
    }
}
