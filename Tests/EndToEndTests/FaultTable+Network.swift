import BridgeTestKit

/// What goes wrong before there is an answer.
extension Fault {
    static var network: [Fault] {
        let unreachable = Verdict("upstream_unreachable", "connect", retryable: true)
        let lateConnect = Verdict("upstream_timeout", "connect", retryable: true)
        let closed = Verdict("upstream_closed", "headers", retryable: true)
        // Nothing is sent to whom nobody vouches for, so there is no script.
        let untrusted = Fault(
            name: "a certificate that nobody vouches for", place: .untrustedTLS, verdict: unreachable,
            sentence: "certificate")
        return (TLSFront.isAvailable ? [untrusted] : []) + [
            Fault(
                name: "a host that is not there", place: .noHost, verdict: unreachable,
                sentence: "could not be resolved"),
            Fault(
                name: "a connection refused", place: .closedPort, verdict: unreachable,
                sentence: "Connection refused"),
            Fault(
                name: "a server without TLS", place: .scriptedTLS,
                connection: [.text("HTTP/1.1 400 Bad Request\r\n\r\n"), .stall], verdict: unreachable,
                sentence: "No secure connection"),
            Fault(
                name: "a TLS handshake broken off", place: .scriptedTLS, connection: [.reset],
                verdict: unreachable),
            Fault(
                name: "a connection that nobody takes", place: .deafPort, timeouts: "connect: 300ms",
                verdict: lateConnect, sentence: "could not be reached within 300 ms"),
            Fault(
                name: "a TLS handshake without an answer", place: .scriptedTLS, connection: [.stall],
                timeouts: "connect: 300ms", verdict: lateConnect, sentence: "could not be reached within 300 ms"),
            Fault(
                name: "a request without an answer", script: [.stall], timeouts: "first_byte: 500ms",
                verdict: Verdict("upstream_timeout", "headers", retryable: true),
                sentence: "accepted the request but sent nothing for 500 ms"),
            Fault(
                name: "half a head, and silence", script: [.text("HTTP/1.1 200 OK\r\nContent-Type: te"), .stall],
                timeouts: "first_byte: 500ms", verdict: Verdict("upstream_timeout", "headers", retryable: true)),
            Fault(name: "a connection closed without an answer", script: [.close], verdict: closed),
            Fault(name: "a connection reset without an answer", script: [.reset], verdict: closed),
            Fault(
                name: "a connection closed in the head", script: [.text("HTTP/1.1 200 OK\r\nContent-"), .close],
                verdict: closed),
            Fault(
                name: "a server that speaks something else", script: [.text("SSH-2.0-OpenSSH_9.2\r\n\r\n"), .close],
                verdict: Verdict("upstream_protocol", "parse", retryable: false), sentence: "not HTTP"),
        ]
    }
}
