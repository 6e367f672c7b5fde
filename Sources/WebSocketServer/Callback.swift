internal import CLibwebsockets

/// Everything that libwebsockets reports: finds whom it concerns, and makes one call. Returns 0 to go on, -1 to close.
///
/// A `wsi`'s user pointer is its connection, retained from its adoption to WSI_DESTROY.
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
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        return connection(of: wsi)?.peerClosed() == true ? -1 : 0
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        let connection = LWSContext.of(wsi)?.connectionCreated(wsi)
        lws_set_opaque_user_data(wsi, connection.map { Unmanaged.passRetained($0).toOpaque() })
        return 0
    case LWS_CALLBACK_ESTABLISHED:
        connection(of: wsi)?.established()
        return 0
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
        connection(of: wsi)?.ending()
        return 0
    case LWS_CALLBACK_CLOSED:
        connection(of: wsi)?.closed()
        return 0
    case LWS_CALLBACK_WSI_DESTROY:
        if let user = lws_get_opaque_user_data(wsi) { Unmanaged<WebSocketConnection>.fromOpaque(user).release() }
        return 0
    default:
        return 0
    }
}

private func connection(of wsi: OpaquePointer) -> WebSocketConnection? {
    lws_get_opaque_user_data(wsi).map { Unmanaged<WebSocketConnection>.fromOpaque($0).takeUnretainedValue() }
}
