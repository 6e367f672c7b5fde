/// The frames that concern one connection and have no `seq` ("Connection frames" in docs/protocol.md). Each function
/// gives one frame's bytes, without a newline. `id` is a command's own id, JSON already.
package enum ConnectionFrame {
    package struct Welcome {
        package var connection: String
        package var server: String
        package var features: [String]
        package var heartbeatMilliseconds: UInt64
        package var messageBytes: Int
        package var requestBytes: Int
        package var answerBytes: Int
        package var eventBytes: Int

        package init(
            connection: String, server: String, features: [String], heartbeatMilliseconds: UInt64, messageBytes: Int,
            requestBytes: Int, answerBytes: Int, eventBytes: Int
        ) {
            self.connection = connection
            self.server = server
            self.features = features
            self.heartbeatMilliseconds = heartbeatMilliseconds
            self.messageBytes = messageBytes
            self.requestBytes = requestBytes
            self.answerBytes = answerBytes
            self.eventBytes = eventBytes
        }
    }

    package static func welcome(_ welcome: Welcome) -> [UInt8] {
        var frame = ObjectWriter(type: "welcome")
        frame.field("version", 1)
        frame.field("features", welcome.features)
        frame.field("connection", welcome.connection)
        frame.field("server", welcome.server)
        frame.field("auth", "none")
        frame.field("heartbeat_ms", welcome.heartbeatMilliseconds)
        frame.object("limits") {
            $0.field("message_bytes", welcome.messageBytes)
            $0.field("request_bytes", welcome.requestBytes)
            $0.field("answer_bytes", welcome.answerBytes)
            $0.field("event_bytes", welcome.eventBytes)
        }
        return frame.finish()
    }

    /// Everything of `joined` but the snapshot, which comes last and is appended by who has it.
    package static func joined(
        id: [UInt8]?, session: String, position: Position, recovered: Bool, tabs: Int
    ) -> ObjectWriter {
        var frame = ObjectWriter(type: "joined")
        frame.field("id", json: id)
        frame.field("session", session)
        frame.field("epoch", position.epoch)
        frame.field("seq", position.seq)
        frame.field("recovered", recovered)
        frame.field("tabs", tabs)
        return frame
    }

    package static func left(id: [UInt8]?, session: String) -> [UInt8] {
        var frame = ObjectWriter(type: "left")
        frame.field("id", json: id)
        frame.field("session", session)
        return frame.finish()
    }

    package static func accepted(id: [UInt8]?, session: String, request: String, duplicate: Bool) -> [UInt8] {
        var frame = ObjectWriter(type: "accepted")
        frame.field("id", json: id)
        frame.field("session", session)
        frame.field("request", request)
        if duplicate { frame.field("duplicate", true) }
        return frame.finish()
    }

    package static func hello(id: [UInt8]?) -> [UInt8] {
        var frame = ObjectWriter(type: "ok")
        frame.field("id", json: id)
        frame.field("command", "hello")
        return frame.finish()
    }

    /// The answer to an `abort`: the requests that this command cancelled.
    package static func aborted(id: [UInt8]?, session: String, requests: [String]) -> [UInt8] {
        var frame = ObjectWriter(type: "ok")
        frame.field("id", json: id)
        frame.field("command", "abort")
        frame.field("session", session)
        frame.field("requests", requests)
        return frame.finish()
    }

    /// - Parameters:
    ///   - models: JSON objects, or several of them separated by commas.
    ///   - failed: upstreams whose lists could not be had.
    package static func models(
        id: [UInt8]?, models: [[UInt8]], failed: [(upstream: String, failure: RequestFailure)] = []
    ) -> [UInt8] {
        var frame = ObjectWriter(type: "models")
        frame.field("id", json: id)
        frame.array("models", json: models)
        if !failed.isEmpty {
            frame.array(
                "failed",
                json: failed.map { upstream, failure in
                    var object = ObjectWriter()
                    object.field("upstream", upstream)
                    object.field("code", failure.code.rawValue)
                    object.field("message", failure.message)
                    object.field("status", failure.status)
                    object.field("retry_after_ms", failure.retryAfterMilliseconds)
                    return object.finish()
                })
        }
        return frame.finish()
    }

    /// The answer to a `key.check`; `message` says what the upstream has against the key.
    package static func key(id: [UInt8]?, isValid: Bool, upstream: String, message: String?) -> [UInt8] {
        var frame = ObjectWriter(type: "key")
        frame.field("id", json: id)
        frame.field("valid", isValid)
        frame.field("upstream", upstream)
        frame.field("message", message)
        return frame.finish()
    }

    package static func pong(id: [UInt8]?, t: [UInt8]?) -> [UInt8] {
        var frame = ObjectWriter(type: "pong")
        frame.field("id", json: id)
        frame.field("t", json: t)
        return frame.finish()
    }

    package static func presence(session: String, tabs: Int) -> [UInt8] {
        var frame = ObjectWriter(type: "presence")
        frame.field("session", session)
        frame.field("tabs", tabs)
        return frame.finish()
    }

    package static func goaway(reason: String, reconnectAfterMilliseconds: UInt64) -> [UInt8] {
        var frame = ObjectWriter(type: "goaway")
        frame.field("reason", reason)
        frame.field("reconnect_after_ms", reconnectAfterMilliseconds)
        return frame.finish()
    }

    /// A command that failed. Details a failure of an upstream adds: the HTTP status and when to try again.
    package static func error(
        id: [UInt8]?, code: ErrorCode, message: String, retryable: Bool? = nil, command: String?, session: String?,
        request: String? = nil, field: String? = nil, status: Int? = nil, retryAfterMilliseconds: Int? = nil
    ) -> [UInt8] {
        var frame = ObjectWriter(type: "error")
        frame.field("id", json: id)
        frame.field("code", code.rawValue)
        frame.field("message", message)
        frame.field("retryable", retryable ?? code.isRetryable)
        frame.field("command", command)
        frame.field("session", session)
        frame.field("request", request)
        frame.field("field", field)
        frame.field("status", status)
        frame.field("retry_after_ms", retryAfterMilliseconds)
        return frame.finish()
    }

    /// A command that failed because its upstream did.
    package static func error(id: [UInt8]?, _ failure: RequestFailure, command: String) -> [UInt8] {
        error(
            id: id, code: failure.code, message: failure.message, retryable: failure.retryable, command: command,
            session: nil, status: failure.status, retryAfterMilliseconds: failure.retryAfterMilliseconds)
    }
}
