/// What a `LoadSocket` tells whoever uses it; called on the loop's thread, never from within one of the socket's functions.
package protocol LoadSocketOwner: AnyObject {
    /// The handshake is done: text may be sent.
    func socketOpened(_ socket: LoadSocket)
    /// One whole text message; the span lives for the call.
    func socket(_ socket: LoadSocket, received message: Span<UInt8>)
    /// The socket is gone. Exactly once, and last; not after `cut()`.
    func socketClosed(_ socket: LoadSocket, _ ending: LoadSocket.Ending)
}
