/// Where the server's key for an upstream comes from, in words for people.
enum KeyOrigin: Equatable, Sendable, CustomStringConvertible {
    case environment(String)
    case file(String)
    case inline
    /// None is configured: requests bring their own.
    case client
    /// The variable in which it was looked for is not set; requests may bring their own.
    case missing(variable: String)
    /// None is configured, and none may be needed.
    case none

    var description: String {
        switch self {
        case .environment(let name): "env \(name)"
        case .file(let path): "file \(path)"
        case .inline: "inline"
        case .client: "the client's"
        case .missing(let variable): "missing (\(variable) is not set)"
        case .none: "none"
        }
    }
}
