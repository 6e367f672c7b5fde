import ChatProtocol

extension UpstreamTarget {
    /// The key that goes along with a command that came with this one, or with none.
    func key(given: APIKey?) throws(CommandError) -> APIKey? {
        switch keyPolicy {
        case .server:
            guard given == nil else {
                throw CommandError(
                    .badRequest, "The upstream `\(name)` takes no `key`: it is asked with this server's.", field: "key")
            }
            return key
        case .client:
            guard let given else {
                throw CommandError(
                    .missingKey, "The upstream `\(name)` is asked with an API key of yours, and none was sent.",
                    field: "key")
            }
            return given
        case .either:
            return given ?? key
        }
    }
}
