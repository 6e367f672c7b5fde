package import BridgeCore
internal import CLibwebsockets
internal import ChatProtocol
internal import Glibc
package import UVLoop

/// WebSockets, and a few files, over libwebsockets on the loop: the adapter behind the core's `Connection` port.
///
/// It decides nothing about who may come (`ConnectionAcceptor` does), only what a handshake must look like and how much of
/// anything there may be. Made, used and closed on the loop thread.
package final class WebSocketServer {
    /// The port it listens on, also where the options said 0.
    package let port: UInt16

    let loop: UVLoop
    let acceptor: any ConnectionAcceptor
    let options: WebSocketServerOptions
    let files: PublicFiles?
    let writeBuffer = WriteBuffer()
    /// Nil before `init` ends and after `close()` has.
    private(set) var context: LWSContext?

    // Copies of options, for the paths of every message.
    let maxMessageBytes: Int
    let pingInterval: UInt64
    let peerTimeout: UInt64
    let blockedTimeout: UInt64
    let closeTimeout: UInt64
    let handshakeTimeout: UInt64
    let keepAliveTimeout: UInt64
    let maxRequestBytes: Int
    let messageTimeout: UInt64

    /// Bytes of messages of which the end has not come.
    var incompleteMessages: ByteBudget
    /// Bytes of HTTP requests of which the end has not come, and of answers that have not left.
    var visitorBytes: ByteBudget

    private let listener: Listener
    private let sweepTimer: UVTimer
    private var connections: [WebSocketConnection] = []
    /// WebSockets that the core has been told of.
    package private(set) var connectionCount = 0
    /// Sockets that speak HTTP (yet).
    private var visitors: [HTTPSocket] = []
    private var httpDate = HTTPDate()
    private var closeCompletions: [() -> Void] = []
    private let readBuffer: UnsafeMutableRawBufferPointer

    /// Listens at once; connections are accepted as soon as the loop runs.
    package init(loop: UVLoop, options: WebSocketServerOptions, acceptor: any ConnectionAcceptor) throws {
        precondition(Int(tributary_lws_pre()) == MessageBuffer.headroom, "LWS_PRE is not the core's headroom")
        self.loop = loop
        self.options = options
        self.acceptor = acceptor
        maxMessageBytes = options.maxMessageBytes
        pingInterval = options.pingInterval.milliseconds
        peerTimeout = options.peerTimeout.milliseconds
        blockedTimeout = options.blockedTimeout.milliseconds
        closeTimeout = options.closeTimeout.milliseconds
        handshakeTimeout = options.handshakeTimeout.milliseconds
        keepAliveTimeout = options.keepAliveTimeout.milliseconds
        maxRequestBytes = options.maxRequestBytes
        messageTimeout = options.messageTimeout.milliseconds
        incompleteMessages = ByteBudget(limit: options.maxIncompleteBytes)
        visitorBytes = ByteBudget(limit: options.maxVisitorBytes)
        files = try options.publicDirectory.map { try PublicFiles(path: $0, maxFileBytes: options.maxFileBytes) }
        listener = try Listener(loop: loop, options: options)
        port = listener.port
        sweepTimer = loop.makeTimer()
        readBuffer = .allocate(byteCount: options.maxRequestBytes, alignment: 1)
        do {
            context = try LWSContext(
                loop: loop, options: options)
        } catch {
            listener.close()
            throw error
        }
        listener.start { [unowned self] in accept($0) }
        // The timer holds the server until `close()`.
        let interval = sweepInterval
        sweepTimer.start(after: interval, repeat: interval) { [self] in sweep() }
    }

    /// No new connection from here on; those that are open go on. The second time does nothing.
    package func stopListening() {
        listener.close()
    }

    /// Stops listening and ends every connection: a close frame of 1001 where the socket takes it at once, and no wait for
    /// the answer. Handlers hear `connectionClosed()` from within this call. The loop has to run on for a few turns;
    /// `completion` is called when nothing of the server is left on it, also the second time.
    package func close(_ completion: @escaping () -> Void = {}) {
        guard let context else { return completion() }
        closeCompletions.append(completion)
        guard closeCompletions.count == 1 else { return }
        listener.close()
        sweepTimer.close()
        for visitor in visitors { visitor.end() }
        for connection in connections { connection.close(.goingAway, reason: "The server ends.") }
        context.close { [self] in
            self.context = nil
            let completions = closeCompletions
            closeCompletions = []
            for completion in completions { completion() }
        }
    }

    deinit { readBuffer.deallocate() }

    // MARK: Sockets

    /// Beyond all limits a connection is not even looked at.
    private func accept(_ descriptor: Int32) {
        guard visitors.count + connections.count < options.maxConnections + options.spareSockets else {
            return ListeningSocket.refuse(descriptor)
        }
        guard let visitor = HTTPSocket(takingOwnershipOf: descriptor, server: self) else { return }
        visitor.index = visitors.count
        visitors.append(visitor)
    }

    /// The last one takes its place.
    func remove(_ visitor: HTTPSocket) {
        let last = visitors.removeLast()
        guard last !== visitor else { return }
        visitors[visitor.index] = last
        last.index = visitor.index
    }

    /// From here on the socket is a WebSocket, and libwebsockets'.
    func upgrade(_ descriptor: Int32, request: [UInt8], _ admitted: AdmittedHandshake) {
        guard let context else { return ListeningSocket.refuse(descriptor) }
        context.adopt(descriptor, request: request) { [self] wsi in
            WebSocketConnection(wsi: wsi, server: self, admitted: admitted)
        }
    }

    /// Where a socket's bytes are read to, for the time of the call: `maxRequestBytes` of room.
    func withReadBuffer<R>(_ body: (UnsafeMutableRawBufferPointer) -> R) -> R { body(readBuffer) }

    // MARK: Connections

    var isFull: Bool { connectionCount >= options.maxConnections }

    func add(_ connection: WebSocketConnection, isCounted: Bool) {
        connection.index = connections.count
        connections.append(connection)
        if isCounted { connectionCount += 1 }
    }

    /// The last one takes its place.
    func remove(_ connection: WebSocketConnection, wasCounted: Bool) {
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.index] = last
            last.index = connection.index
        }
        if wasCounted { connectionCount -= 1 }
    }

    // MARK: Time

    /// Milliseconds of this loop turn.
    var now: UInt64 { loop.now }

    /// The machine's clock, for the headers of an answer.
    var date: String { httpDate.text(at: time(nil)) }

    /// One timer for all: libwebsockets' own would be one each, in a sorted list. A second, or less where a test's timeouts
    /// are short.
    private var sweepInterval: UInt64 {
        max(
            10,
            min(
                1_000,
                min(pingInterval, peerTimeout, blockedTimeout, closeTimeout, handshakeTimeout, messageTimeout) / 4))
    }

    /// Goes over copies of the lists: visitors leave theirs on the way.
    private func sweep() {
        listener.resume()
        let now = now
        for visitor in visitors { visitor.sweep(now: now) }
        for connection in connections { connection.sweep(now: now) }
    }
}
