import ByteCoding
package import ChatProtocol
package import Providers

/// One request and its answer, as the transcript and snapshots know it. Owned by its session, on the loop thread.
package final class Turn {
    package enum Status: String {
        case running, ended, aborted, failed
    }

    package let request: String
    /// The seq of its `request` frame: turns are ordered by it.
    package let seq: UInt64
    package let frame: LogFrame.Request
    /// Whether it becomes part of the transcript.
    package let isStored: Bool
    /// Bytes of memory that the `request` frame takes, roughly.
    private let frameBytes: Int

    /// No longer `running` as soon as its answer cannot change: its terminal frame, with what it cost, may be still to come.
    package var status: Status = .running
    package var start: LogFrame.Start?
    /// What was left out of the request that is answered, once there is a `start`; it need not be that of the first attempt.
    package var dropped: [String] = []
    package var answer = Answer()
    package var usage: Usage?
    package var failure: RequestFailure?
    package var timing: Timing?
    /// Of each choice, where the upstream gave one.
    package var finishReasons: [FinishReason] = []
    /// A JSON object: what the provider said of the answer as a whole that we have no words for.
    package var extra: [UInt8]?
    /// Unix milliseconds; 0 while running.
    package var endedAt: Int64 = 0
    /// A later request replaced it while it ran: it is not to join the transcript.
    package var isReplaced = false

    package init(request: String, seq: UInt64, frame: LogFrame.Request, isStored: Bool) {
        self.request = request
        self.seq = seq
        self.frame = frame
        self.isStored = isStored
        let prompt =
            switch frame.prompt {
            case .input(let input): input.count
            case .messages(let messages): messages.reduce(0) { $0 + $1.json.count + 48 }
            }
        frameBytes = prompt + (frame.params?.count ?? 0) + (frame.model ?? "").utf8.count
    }

    /// The answer's: that of choice 0, or the first that there is.
    package var finishReason: FinishReason? { finishReason(of: 0) ?? finishReasons.first }

    private func finishReason(of choice: Int) -> FinishReason? { finishReasons.first { $0.choice == choice } }

    /// Bytes of memory, roughly.
    package var byteCount: Int {
        512 + frameBytes + answer.byteCount + failureBytes + (extra?.count ?? 0)
            + finishReasons.reduce(0) { $0 + 32 + $1.word.utf8.count }
    }

    private var failureBytes: Int {
        guard let failure else { return 0 }
        let upstream = failure.upstream.map { ($0.message?.utf8.count ?? 0) + ($0.body?.utf8.count ?? 0) } ?? 0
        return failure.message.utf8.count + upstream
    }

    /// How many messages a snapshot has of its prompt; the answers come behind them.
    package var promptCount: Int {
        switch frame.prompt {
        case .input: 1
        case .messages(let messages): messages.count
        }
    }

    /// How many messages a snapshot has of it.
    package var messageCount: Int { promptCount + max(1, answer.choices.count) }

    private var promptMessages: [[UInt8]] {
        switch frame.prompt {
        case .messages(let messages): messages.map(\.json)
        case .input(let input): [Turn.userMessage(input)]
        }
    }

    package static func userMessage(_ input: [UInt8]) -> [UInt8] {
        var message = ObjectWriter()
        message.field("role", "user")
        message.field("content", json: input)
        return message.finish()
    }

    // MARK: For a model

    /// What a model is told of this turn, as JSON objects. Nothing for an `input` that got no content; of `messages` that got
    /// none, all but the user's last words (which a new input will follow).
    package func contextMessages() -> [[UInt8]] {
        if var choice = answer.first {
            // A call that was cut off asks for nothing, and its arguments may be half a JSON text.
            if status != .ended || finishReason(of: Int(choice.index))?.kind == .length { choice.toolCalls = [] }
            guard choice.hasContent else { return unansweredMessages }
            var message = ObjectWriter()
            message.field("role", "assistant")
            choice.writeContent(to: &message)
            return promptMessages + [message.finish()]
        }
        return unansweredMessages
    }

    private var unansweredMessages: [[UInt8]] {
        guard case .messages(let prompt) = frame.prompt, let answered = prompt.lastIndex(where: { $0.role != "user" })
        else { return [] }
        return prompt[...answered].map(\.json)
    }

    // MARK: For snapshots

    /// The turn's messages as a snapshot lists them: the prompt's, then the answers, the first of which tells `params`.
    package func snapshotMessages(params: [UInt8]?) -> [[UInt8]] {
        let prompt =
            switch frame.prompt {
            case .messages(let messages): messages.map { $0.plainJSON() }
            case .input(let input): [Turn.userMessage(input)]
            }
        var result = prompt.map { json in
            var message = Array(json.dropLast())
            if message.count > 1 { message.append(UInt8(ascii: ",")) }
            message.append(literal: "\"request\":\"")
            message.append(contentsOf: request.utf8)
            message.append(literal: "\",\"at\":")
            message.append(decimal: Int(frame.at))
            message.append(UInt8(ascii: "}"))
            return message
        }
        let answers = answer.choices.isEmpty ? [Answer.Choice(index: 0)] : answer.choices
        for (position, choice) in answers.enumerated() {
            result.append(snapshotAnswer(choice, isFirst: position == 0, params: params))
        }
        return result
    }

    private func snapshotAnswer(_ choice: Answer.Choice, isFirst: Bool, params: [UInt8]?) -> [UInt8] {
        var message = ObjectWriter()
        message.field("request", request)
        message.field("role", "assistant")
        choice.writeContent(to: &message)
        message.field("reasoning", escaped: choice.reasoning)
        choice.writeExtra(to: &message, and: choice.index == 0 ? extra : nil)
        if choice.index > 0 { message.field("choice", Int(choice.index)) }
        message.field("status", status.rawValue)
        message.field("model", start?.model)
        if isFirst { writeTerms(to: &message, params: params) }
        if status == .ended {
            let reason = choice.index == 0 ? finishReason : finishReason(of: Int(choice.index))
            message.field("reason", EndReason(reason).rawValue)
        }
        usage?.write(to: &message)
        timing?.write(to: &message)
        if let failure { message.object("error") { failure.write(to: &$0) } }
        message.field("at", Int(endedAt))
        return message.finish()
    }

    /// What was asked for and who answered, for tabs that come later and ask the same again.
    private func writeTerms(to message: inout ObjectWriter, params: [UInt8]?) {
        if frame.model != start?.model { message.field("requested_model", frame.model) }
        message.field("upstream", start?.upstream ?? frame.upstream)
        frame.named.write(to: &message)
        message.field("provider", start?.provider)
        message.field("params", json: params)
        if params == nil, frame.params != nil { message.field("params_omitted", true) }
        let dropped = start == nil ? frame.dropped : dropped
        if !dropped.isEmpty { message.field("dropped", dropped) }
        frame.truncation?.write(to: &message)
    }

    /// A running request as a snapshot lists it. `n` is that of the last entry included; `params` and the prompt are told
    /// where there is room for them.
    package func snapshotRequest(n: Int, params: [UInt8]?, hasPrompt: Bool) -> [UInt8] {
        var object = ObjectWriter()
        object.field("request", request)
        object.field("n", n)
        var frame = frame
        let areParamsOmitted = params == nil && frame.params != nil
        frame.params = params
        if !hasPrompt { frame.prompt = .messages([]) }
        if start != nil { frame.dropped = dropped }
        frame.write(to: &object, showing: start)
        if !hasPrompt { object.field("omitted", promptCount) }
        if areParamsOmitted { object.field("params_omitted", true) }
        if isReplaced { object.field("replaced", true) }
        if let choice = answer.choices.first(where: { $0.index == 0 }) {
            object.field("text", escaped: choice.text)
            object.field("reasoning", escaped: choice.reasoning)
            object.field("refusal", escaped: choice.refusal)
            choice.writePieces(to: &object)
            choice.writeExtra(to: &object)
        }
        let others = answer.others
        if !others.isEmpty { object.array("choices", json: others.map(Turn.snapshotChoice)) }
        return object.finish()
    }

    private static func snapshotChoice(_ choice: Answer.Choice) -> [UInt8] {
        var object = ObjectWriter()
        object.field("choice", Int(choice.index))
        object.field("text", escaped: choice.text)
        object.field("reasoning", escaped: choice.reasoning)
        object.field("refusal", escaped: choice.refusal)
        choice.writePieces(to: &object)
        choice.writeExtra(to: &object)
        return object.finish()
    }
}

extension Answer.Choice {
    /// `content`, `refusal`, `tool_calls` in the shape of an OpenAI message.
    fileprivate func writeContent(to message: inout ObjectWriter) {
        if text.isEmpty, !toolCalls.isEmpty {
            message.field("content", json: Array("null".utf8))
        } else {
            message.field("content", json: [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")])
        }
        message.field("refusal", escaped: refusal)
        guard !toolCalls.isEmpty else { return }
        message.array(
            "tool_calls",
            json: toolCalls.map { call in
                var object = ObjectWriter()
                object.field("id", escaped: call.id)
                object.field("type", "function")
                object.object("function") {
                    $0.field("name", escaped: call.name)
                    $0.field("arguments", json: [UInt8(ascii: "\"")] + call.arguments + [UInt8(ascii: "\"")])
                }
                return object.finish()
            })
    }

    /// `extra`: the objects of its deltas, and the answer's own as the last.
    fileprivate func writeExtra(to object: inout ObjectWriter, and last: [UInt8]? = nil) {
        let elements = (extra.isEmpty ? [] : [extra]) + (last.map { [$0] } ?? [])
        if !elements.isEmpty { object.array("extra", json: elements) }
    }

    /// `tool_calls` in the shape of delta frames.
    fileprivate func writePieces(to object: inout ObjectWriter) {
        guard !toolCalls.isEmpty else { return }
        object.array(
            "tool_calls",
            json: toolCalls.map { call in
                var piece = ObjectWriter()
                piece.field("index", Int(call.index))
                piece.field("id", escaped: call.id)
                piece.field("name", escaped: call.name)
                piece.field("arguments", escaped: call.arguments)
                return piece.finish()
            })
    }
}
