/// What can be set about the way to all upstreams; a request's route says what is special about its own. Proxies come from the
/// environment (`https_proxy`, `no_proxy`, …) where a route names none, and certificates are always verified.
package struct CurlOptions: Sendable {
    /// The bytes that a response's status line and headers may have together. Real ones have 1 to 4 KB.
    package var maxHeaderBytes = 64 * 1024
    /// The connections that the cache holds, those in use included; beyond it a connection closes when its transfer ends.
    /// Each idle one costs a descriptor and a few KB until its upstream closes it, and a start without it a TLS handshake.
    package var maxCachedConnections = 1_000
    /// A file of PEM certificates to trust in place of the system's, where a route names none.
    package var caFile: String?
    package var userAgent = "tributary/0.1"

    package init() {}
}
