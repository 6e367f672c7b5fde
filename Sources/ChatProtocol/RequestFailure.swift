/// Why a request failed, as its terminal `error` frame, a snapshot and a log line say it.
package struct RequestFailure {
    package struct Upstream {
        package var type: String?
        package var code: String?
        package var message: String?
        package var body: String?

        package init(type: String?, code: String?, message: String?, body: String?) {
            self.type = type
            self.code = code
            self.message = message
            self.body = body
        }
    }

    package var code: ErrorCode
    package var message: String
    package var stage: ErrorStage
    package var retryable: Bool
    package var status: Int?
    package var retryAfterMilliseconds: Int?
    package var upstream: Upstream?

    package init(
        _ code: ErrorCode, _ message: String, stage: ErrorStage, retryable: Bool? = nil, status: Int? = nil,
        retryAfterMilliseconds: Int? = nil, upstream: Upstream? = nil
    ) {
        self.code = code
        self.message = message
        self.stage = stage
        self.retryable = retryable ?? code.isRetryable
        self.status = status
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.upstream = upstream
    }

    package func write(to frame: inout ObjectWriter) {
        frame.field("code", code.rawValue)
        frame.field("message", message)
        frame.field("stage", stage.rawValue)
        frame.field("retryable", retryable)
        frame.field("status", status)
        frame.field("retry_after_ms", retryAfterMilliseconds)
        if let upstream {
            frame.object("upstream") {
                $0.field("type", upstream.type)
                $0.field("code", upstream.code)
                $0.field("message", upstream.message)
                $0.field("body", upstream.body)
            }
        }
    }
}
