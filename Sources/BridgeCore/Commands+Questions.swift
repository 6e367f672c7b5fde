import ChatProtocol

/// The commands that ask upstreams something: `models` and `key.check`.
extension Node {
    /// Lists what one upstream has, or all of them together. A key of the client's own is for one upstream: without a name
    /// for the default.
    func listModels(upstream name: String?, key: APIKey?, id: [UInt8]?, _ client: Client) throws(CommandError) {
        let named = try name.map(catalogue.target(asked:))
        try checkTakesQuestions()
        guard let key else {
            let query = ModelQuery(id: id, upstream: named?.name, client: client)
            try client.start(query)
            return query.start()
        }
        let target = named ?? catalogue.defaultTarget
        _ = try target.key(given: key)
        try ask(.models, of: target, key, id: id, client)
    }

    /// Asks an upstream what it has against a key.
    func check(_ key: APIKey, upstream name: String?, id: [UInt8]?, _ client: Client) throws(CommandError) {
        let target = try name.map(catalogue.target(asked:)) ?? catalogue.defaultTarget
        _ = try target.key(given: key)
        try checkTakesQuestions()
        try ask(.key, of: target, key, id: id, client)
    }

    private func ask(
        _ question: UpstreamQuestion, of target: UpstreamTarget, _ key: APIKey, id: [UInt8]?, _ client: Client
    ) throws(CommandError) {
        try checkRoomForTransfer()
        let query = OwnKeyQuery(question, id: id, target: target, client: client)
        try client.start(query)
        query.start(key: key)
    }

    private func checkTakesQuestions() throws(CommandError) {
        if isDraining { throw CommandError(.draining, "The server is going away; reconnect and ask again.") }
    }

    func checkRoomForTransfer() throws(CommandError) {
        guard hub.hasRoomForTransfer else {
            let failure = RequestFailure.noRoomForTransfer
            throw CommandError(failure.code, failure.message)
        }
    }
}
