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
            sweepOpen(now: now)
        case .closing, .closeSent:
            if now >= closeDeadline { drop() }
        case .ending:
            if now - lastHeard >= server.peerTimeout { drop() }
        case .opening, .dropped, .closed:
            break
        }
    }

    private func sweepOpen(now: UInt64) {
        // Half of the time is left to see progress in, and nothing is asked about those who answer pings.
        let isSilent = !isReadingPaused && now - lastHeard >= server.peerTimeout / 2
        if isSilent || blockedSince != 0 { lookForProgress(now: now) }
        if blockedSince != 0 {
            if now - blockedSince >= server.blockedTimeout {
                close(.blocked, reason: "The connection took no byte for too long.")
            }
        } else if isSilent, now - lastHeard >= server.peerTimeout {
            drop()
        } else if incomingSince != 0, !isReadingPaused, now - incomingSince >= server.messageTimeout {
            close(.policyViolation, reason: "A message took too long to arrive.")
        }
    }

    /// A peer that acknowledges bytes is there, and takes some. Its pong may have to wait behind megabytes in the kernel,
    /// and the kernel reports room only when a third of its buffer is free.
    private func lookForProgress(now: UInt64) {
        let count = tributary_unacknowledged_bytes(lws_get_socket_fd(wsi))
        if count < unacknowledged {
            lastHeard = now
            if blockedSince != 0 { blockedSince = now }
        }
        unacknowledged = count
    }
}
