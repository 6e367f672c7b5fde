internal import CLibwebsockets

/// Everything that libwebsockets reports: finds whom it concerns, and makes one call. Returns what libwebsockets takes for
/// "go on" (0), or "close" (-1) and for upgrades "is answered" (1).
func libwebsocketsReported(
    _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
    _ bytes: UnsafeMutableRawPointer?, _ count: Int
) -> Int32 {
    guard let wsi else { return 0 }
    switch reason {
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return connection(of: wsi)?.writable() == false ? -1 : 0
    case LWS_CALLBACK_RECEIVE:
        let start = bytes?.assumingMemoryBound(to: UInt8.self)
        connection(of: wsi)?.received(UnsafeBufferPointer(start: start, count: count))
        return 0
    case LWS_CALLBACK_RECEIVE_PONG:
        connection(of: wsi)?.heard()
        return 0
    case LWS_CALLBACK_ESTABLISHED:
        connection(of: wsi)?.established()
        return 0
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        return connection(of: wsi)?.peerClosed() == true ? -1 : 0
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
        connection(of: wsi)?.ending()
        return 0
    case LWS_CALLBACK_CLOSED:
        connection(of: wsi)?.closed()
        return 0
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return server(of: wsi)?.upgradeRequested(wsi) ?? -1
    case LWS_CALLBACK_HTTP:
        return server(of: wsi)?.requested(wsi) ?? -1
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return server(of: wsi)?.bodyWritable(wsi) ?? -1
    case LWS_CALLBACK_WSI_CREATE:
        server(of: wsi)?.socketCreated()
        return 0
    case LWS_CALLBACK_WSI_DESTROY:
        server(of: wsi)?.socketDestroyed()
        release(wsi)
        return 0
    default:
        return 0
    }
}

/// For the reasons that only a WebSocket has: then the user pointer is its connection.
private func connection(of wsi: OpaquePointer) -> WebSocketConnection? {
    lws_get_opaque_user_data(wsi).map { Unmanaged<WebSocketConnection>.fromOpaque($0).takeUnretainedValue() }
}

private func server(of wsi: OpaquePointer) -> WebSocketServer? {
    LWSContext.owner(of: wsi).map { Unmanaged<WebSocketServer>.fromOpaque($0).takeUnretainedValue() }
}

/// A connection or a body on its way, whichever the `wsi` held last.
private func release(_ wsi: OpaquePointer) {
    guard let user = lws_get_opaque_user_data(wsi) else { return }
    lws_set_opaque_user_data(wsi, nil)
    Unmanaged<AnyObject>.fromOpaque(user).release()
}
