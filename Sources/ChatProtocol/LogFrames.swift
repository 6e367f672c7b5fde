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
        /// Of these two, what the client has named; the server has chosen the rest.
        package var named: Named
        package var params: [UInt8]?
        package var replaces: String?
        package var store: Bool
        /// What was left out because the upstream cannot take it.
        package var dropped: [String]
        package var truncation: Truncation?
        package var at: Int64

        package init(
            prompt: ChatCommand.Prompt, model: String?, upstream: String, named: Named = Named(), params: [UInt8]?,
            replaces: String?, store: Bool = true, dropped: [String] = [],
            truncation: Truncation? = nil, at: Int64
        ) {
            self.prompt = prompt
            self.model = model
            self.upstream = upstream
            self.named = named
            self.params = params
            self.replaces = replaces
            self.store = store
            self.dropped = dropped
            self.truncation = truncation
            self.at = at
        }

        /// `start` adds (a snapshot does) what the upstream said of the model, in place of what was asked for.
        package func write(to frame: inout ObjectWriter, showing start: Start? = nil) {
            switch prompt {
            case .input(let input): frame.field("input", json: input)
            case .messages(let messages):
                let told = Self.told(messages)
                frame.array("messages", json: told.map(\.json))
                if told.count < messages.count { frame.field("omitted", messages.count - told.count) }
            }
            if let start {
                start.write(to: &frame)
            } else {
                frame.field("model", model)
                frame.field("upstream", upstream)
            }
            named.write(to: &frame)
            frame.field("params", json: params)
            frame.field("replaces", replaces)
            if !store { frame.field("store", false) }
            if !dropped.isEmpty { frame.field("dropped", dropped) }
            truncation?.write(to: &frame)
            frame.field("at", Int(at))
        }

        /// Bytes of the prompt, as far as it is told.
        package var promptBytes: Int {
            switch prompt {
            case .input(let input): input.count
            case .messages(let messages): Self.told(messages).reduce(0) { $0 + $1.json.count + 1 }
            }
        }

        private static func told(_ messages: [Message]) -> ArraySlice<Message> {
            let size = messages.reduce(0) { $0 + $1.json.count + 1 }
            return size > LogFrame.maxPromptBytes ? messages.suffix(1) : messages[...]
        }
    }

    /// An attempt failed before any delta, and another follows.
    package struct Retry {
        /// The one that failed, from 1.
        package var attempt: Int
        /// Until the next one.
        package var afterMilliseconds: UInt64
        package var code: ErrorCode
        package var status: Int?
        /// Where the next one goes, where that is another place than before.
        package var upstream: String?
        package var model: String?
        /// What is left out there because that one cannot take it.
        package var dropped: [String]

        package init(
            attempt: Int, afterMilliseconds: UInt64, code: ErrorCode, status: Int?, upstream: String? = nil,
            model: String? = nil, dropped: [String] = []
        ) {
            self.attempt = attempt
            self.afterMilliseconds = afterMilliseconds
            self.code = code
            self.status = status
            self.upstream = upstream
            self.model = model
            self.dropped = dropped
        }

        package func write(to frame: inout ObjectWriter) {
            frame.field("attempt", attempt)
            frame.field("after_ms", afterMilliseconds)
            frame.field("code", code.rawValue)
            frame.field("status", status)
            frame.field("upstream", upstream)
            frame.field("model", model)
            if !dropped.isEmpty { frame.field("dropped", dropped) }
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
        /// A JSON object: what the provider said of the answer as a whole that we have no words for.
        package var extra: [UInt8]?
        package var timing: Timing

        package init(
            reason: EndReason, finishReason: String?, choices: [(choice: Int, finishReason: String?)], usage: Usage?,
            extra: [UInt8]? = nil, timing: Timing
        ) {
            self.reason = reason
            self.finishReason = finishReason
            self.choices = choices
            self.usage = usage
            self.extra = extra
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
            frame.field("extra", json: extra)
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
