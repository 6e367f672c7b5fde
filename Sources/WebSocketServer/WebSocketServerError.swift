/// Why a server could not start.
package enum WebSocketServerError: Error, CustomStringConvertible {
    case notAnAddress(String)
    case publicDirectoryUnreadable(String, code: Int32)
    /// libwebsockets made no context; its reasons are on standard error.
    case contextFailed

    package var description: String {
        switch self {
        case .notAnAddress(let host): "\(host) is neither an IP address nor localhost"
        case .publicDirectoryUnreadable(let path, let code): "\(path) cannot be opened as a folder (errno \(code))"
        case .contextFailed:
            "libwebsockets did not start; is its libuv plugin there (Debian package libwebsockets-evlib-uv)?"
        }
    }
}
