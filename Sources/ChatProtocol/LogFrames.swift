/// The members of log frames beyond `type`, `session`, `request`, `seq` and `n`, which the log writes itself. Each gives
/// members only, every one with its comma in front.
package enum LogFrame {
    /// Above this, a `request` frame carries the last message only, and how many it leaves out.
    package static let maxPromptBytes = 64 * 1024

    package struct Request {
        package var prompt: ChatCommand.Prompt
        /// What the upstream is asked for; nil leaves it to the upstream.
        package var model: String?
        package var upstream: String
        package var params: [UInt8]?
        package var replaces: String?
        package var store: Bool
        package var at: Int64

        package init(
            prompt: ChatCommand.Prompt, model: String?, upstream: String, params: [UInt8]?, replaces: String?,
            store: Bool = true, at: Int64
        ) {
            self.prompt = prompt
            self.model = model
            self.upstream = upstream
            self.params = params
            self.replaces = replaces
            self.store = store
            self.at = at
        }

        /// `start` adds (a snapshot does) what the upstream said of the model, in place of what was asked for.
        package func write(to frame: inout ObjectWriter, showing start: Start? = nil) {
            switch prompt {
            case .input(let input): frame.field("input", json: input)
            case .messages(let messages):
                let size = messages.reduce(0) { $0 + $1.json.count + 1 }
                if size > LogFrame.maxPromptBytes, messages.count > 1 {
                    frame.array("messages", json: messages.suffix(1).map(\.json))
                    frame.field("omitted", messages.count - 1)
                } else {
                    frame.array("messages", json: messages.map(\.json))
                }
            }
            if let start {
                start.write(to: &frame)
            } else {
                frame.field("model", model)
                frame.field("upstream", upstream)
            }
            frame.field("params", json: params)
            frame.field("replaces", replaces)
            if !store { frame.field("store", false) }
            frame.field("at", Int(at))
        }
    }

    /// Model metadata: what the upstream says it runs.
    package struct Start {
        package var model: String
        package var requestedModel: String?
        package var upstream: String
        package var provider: String
        package var upstreamID: String?
        package var created: Int?
        package var attempt: Int
        package var ttfbMilliseconds: UInt64

        package init(
            model: String, requestedModel: String?, upstream: String, provider: String, upstreamID: String?,
            created: Int?, attempt: Int, ttfbMilliseconds: UInt64
        ) {
            self.model = model
            self.requestedModel = requestedModel
            self.upstream = upstream
            self.provider = provider
            self.upstreamID = upstreamID
            self.created = created
            self.attempt = attempt
            self.ttfbMilliseconds = ttfbMilliseconds
        }

        package func write(to frame: inout ObjectWriter) {
            frame.field("model", model)
            frame.field("requested_model", requestedModel)
            frame.field("upstream", upstream)
            frame.field("provider", provider)
            frame.field("upstream_id", upstreamID)
            frame.field("created", created)
            frame.field("attempt", attempt)
            frame.field("ttfb_ms", ttfbMilliseconds)
        }
    }

    /// How an answer ended.
    package struct End {
        package var reason: EndReason
        /// The provider's own word.
        package var finishReason: String?
        /// One for each choice, where there are several.
        package var choices: [(choice: Int, finishReason: String?)]
        package var usage: Usage?
        package var timing: Timing

        package init(
            reason: EndReason, finishReason: String?, choices: [(choice: Int, finishReason: String?)], usage: Usage?,
            timing: Timing
        ) {
            self.reason = reason
            self.finishReason = finishReason
            self.choices = choices
            self.usage = usage
            self.timing = timing
        }

        package func write(to frame: inout ObjectWriter) {
            frame.field("reason", reason.rawValue)
            if let finishReason {
                frame.field("finish_reason", finishReason)
            } else {
                frame.field("finish_reason", json: Array("null".utf8))
            }
            if choices.count > 1 {
                frame.array(
                    "choices",
                    json: choices.map { choice in
                        var object = ObjectWriter()
                        object.field("choice", choice.choice)
                        object.field("finish_reason", choice.finishReason)
                        return object.finish()
                    })
            }
            usage?.write(to: &frame)
            timing.write(to: &frame)
        }
    }

    package struct Aborted {
        /// A connection's id, or "orphan".
        package var by: String
        package var usage: Usage?
        package var timing: Timing

        package init(by: String, usage: Usage?, timing: Timing) {
            self.by = by
            self.usage = usage
            self.timing = timing
        }

        package func write(to frame: inout ObjectWriter) {
            frame.field("by", by)
            usage?.write(to: &frame)
            timing.write(to: &frame)
        }
    }
}

/// The protocol's few reasons for the providers' many.
package enum EndReason: String {
    case stop, length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
    case other
}

/// Token counts. `source` says who counted.
package struct Usage: Equatable {
    package var input: Int
    package var output: Int
    package var reasoning: Int?
    package var cached: Int?
    package var source: String

    package init(input: Int, output: Int, reasoning: Int? = nil, cached: Int? = nil, source: String = "upstream") {
        self.input = input
        self.output = output
        self.reasoning = reasoning
        self.cached = cached
        self.source = source
    }

    package func write(to frame: inout ObjectWriter) {
        frame.object("usage") {
            $0.field("input", input)
            $0.field("output", output)
            $0.field("reasoning", reasoning)
            $0.field("cached", cached)
            $0.field("source", source)
        }
    }
}

/// Milliseconds from the moment a request was accepted; nil where a point was not reached.
package struct Timing: Equatable {
    /// Until its transfer began.
    package var queued: UInt64?
    /// Until the response's head.
    package var firstByte: UInt64?
    /// Until the first delta.
    package var firstToken: UInt64?
    /// Until the terminal entry.
    package var total: UInt64
    /// Output tokens, where known, by the time from the first token to the end.
    package var tokensPerSecond: Double?

    package init(
        queued: UInt64? = nil, firstByte: UInt64? = nil, firstToken: UInt64? = nil, total: UInt64,
        tokensPerSecond: Double? = nil
    ) {
        self.queued = queued
        self.firstByte = firstByte
        self.firstToken = firstToken
        self.total = total
        self.tokensPerSecond = tokensPerSecond
    }

    package func write(to frame: inout ObjectWriter) {
        frame.object("timing") {
            $0.field("queued_ms", queued)
            $0.field("ttfb_ms", firstByte)
            $0.field("ttft_ms", firstToken)
            $0.field("total_ms", total)
            // An upstream's count may be nonsense: a rate that cannot be is not told.
            if let tokensPerSecond, (0..<1e9).contains(tokensPerSecond) {
                let tenths = Int((tokensPerSecond * 10).rounded())
                $0.field("tokens_per_s", json: Array("\(tenths / 10).\(tenths % 10)".utf8))
            }
        }
    }
}

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
