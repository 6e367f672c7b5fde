internal import CLibuv
internal import CLibwebsockets
internal import UVLoop

/// libwebsockets' context and its one virtual host, on our loop. Owns both, and the C memory they point into.
///
/// It ends in two steps with the loop running in between (`close`): libwebsockets' libuv handles live in its own memory,
/// which may be freed only after libuv has called their close callbacks.
final class LWSContext {
    private var context: OpaquePointer?
    private var vhost: OpaquePointer?
    private var make: ((OpaquePointer) -> WebSocketConnection)?
    private let loop: UVLoop
    /// libwebsockets keeps pointers to these.
    private let protocols: UnsafeMutablePointer<lws_protocols>
    private let protocolName: UnsafeMutablePointer<CChar>
    private let vhostName: UnsafeMutablePointer<CChar>
    private let retryPolicy: UnsafeMutablePointer<lws_retry_bo_t>

    /// Payload bytes that `lws_write` may put out at once. What exceeds them it would copy, socket full or not; so more than
    /// any single frame of ours.
    private static let maxWriteBytes = 16 << 20
    /// Bytes of the read buffer that each idle connection keeps. 256: 2.2 KB of RSS a connection, 1024: 2.9, 4096: 5.7.
    private static let readBytes = 256

    /// `libwebsocketsReported` gets everything that happens.
    init(loop: UVLoop, options: WebSocketServerOptions) throws(WebSocketServerError) {
        self.loop = loop
        protocolName = Self.copy(options.subprotocol)
        vhostName = Self.copy("tributary")
        protocols = .allocate(capacity: 2)
        protocols.initialize(repeating: lws_protocols(), count: 2)
        protocols[0].name = UnsafePointer(protocolName)
        protocols[0].callback = libwebsocketsReported
        // One byte that we do not use: only a protocol with session data is told when libwebsockets starts a close.
        protocols[0].per_session_data_size = 1
        protocols[0].rx_buffer_size = Self.readBytes
        protocols[0].tx_packet_size = Self.maxWriteBytes
        // All zero: without it every idle connection sits in a sorted list of ping timeouts (10,000 of them: 2.3 s of CPU).
        retryPolicy = .allocate(capacity: 1)
        retryPolicy.initialize(to: lws_retry_bo_t())

        var info = lws_context_creation_info()
        info.options =
            UInt64(LWS_SERVER_OPTION_LIBUV) | UInt64(LWS_SERVER_OPTION_VALIDATE_UTF8)
        info.port = CONTEXT_PORT_NO_LISTEN_SERVER
        info.user = Unmanaged.passUnretained(self).toOpaque()
        info.vhost_name = UnsafePointer(vhostName)
        info.protocols = UnsafePointer(protocols)
        info.retry_and_idle_policy = UnsafePointer(retryPolicy)
        info.timeout_secs = options.handshakeTimeout.wholeSeconds

        // Errors are shown while starting; later ones are what clients do wrong, and those are answered to them.
        lws_set_log_level(Int32(LLL_ERR), nil)
        var loops: [UnsafeMutableRawPointer?] = [UnsafeMutableRawPointer(loop.pointer)]
        let context = loops.withUnsafeMutableBufferPointer {
            info.foreign_loops = $0.baseAddress
            return lws_create_context(&info)
        }
        lws_set_log_level(0, nil)
        // Where there is no context, nobody else points into the memory, and `deinit` frees it.
        guard let context else { throw .contextFailed }
        self.context = context
        vhost = lws_get_vhost_by_name(context, vhostName)
    }

    deinit {
        precondition(context == nil, "a context is closed before it is let go of")
        protocols.deallocate()
        protocolName.deallocate()
        vhostName.deallocate()
        retryPolicy.deallocate()
    }

    static func of(_ wsi: OpaquePointer) -> LWSContext? {
        guard let user = lws_get_context(wsi).flatMap({ lws_context_user($0) }) else { return nil }
        return Unmanaged<LWSContext>.fromOpaque(user).takeUnretainedValue()
    }

    /// Gives a connected socket to libwebsockets, with the request that it is to find there, and closes it where that fails.
    /// `make` is asked for the connection's owner; what the peer sent already is received from within this call or later.
    func adopt(_ descriptor: Int32, request: [UInt8], _ make: @escaping (OpaquePointer) -> WebSocketConnection) {
        self.make = make
        request.withUnsafeBytes {
            let characters = $0.assumingMemoryBound(to: CChar.self)
            _ = lws_adopt_socket_vhost_readbuf(vhost, descriptor, characters.baseAddress, characters.count)
        }
        self.make = nil
    }

    /// libwebsockets has made its half of the connection that is being adopted.
    func connectionCreated(_ wsi: OpaquePointer) -> WebSocketConnection? {
        defer { make = nil }
        return make?(wsi)
    }

    /// Drops a connection without a word, from the loop and not from within this call: its close callback comes. Bytes
    /// that wait for the socket are lost.
    func drop(_ wsi: OpaquePointer) {
        guard let context else { return }
        lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC)
        // libwebsockets looks at its timeouts after it has handled an event: this makes one.
        lws_cancel_service(context)
    }

    /// Drops all connections, whose close callbacks come from within this call, and ends the context as the loop runs on.
    /// Calls `completion` when nothing of it is left on the loop. Called once.
    ///
    /// 1. `lws_context_destroy` starts the `uv_close` of every connection. 2. The last of their close callbacks starts that
    /// of libwebsockets' own timer and idle handle. 3. When those are through, a second `lws_context_destroy` frees the
    /// memory they lived in. Steps 2 and 3 each happen in a closing phase, the end of a turn, so after three turns both
    /// are over.
    func close(_ completion: @escaping () -> Void) {
        guard let context else { return }
        lws_context_destroy(context)
        var turnsLeft = 4
        let turns = loop.makeTimer()
        // Both are held by the timer while it runs.
        turns.start(after: 0, repeat: 1) { [self] in
            turnsLeft -= 1
            guard turnsLeft == 0 else { return }
            turns.close()
            lws_context_destroy(context)
            self.context = nil
            completion()
        }
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: Array(bytes), count: bytes.count)
        return copy
    }
}
