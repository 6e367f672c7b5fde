/// An answer's bytes and their times: what will be done, decided before any of it is.
struct DemoScript {
    enum Action: Equatable {
        case send([UInt8])
        /// Drop the connection.
        case cut
        /// Say nothing until the client goes away.
        case stall
    }

    struct Step: Equatable {
        /// After the step before it.
        var pause = Duration.zero
        var action: Action
        /// Output tokens in it, for the log.
        var tokens = 0
    }

    private(set) var steps: [Step] = []
    /// Tokens that a failing model gets out before it fails.
    private static let tokensBeforeFailure = 12

    /// Bytes of all steps, where they are known before they are sent: a whole answer in one JSON object.
    private(set) var contentLength: Int?

    init(for request: DemoRequest, frame: DemoFrame, pace: DemoPace) {
        let replies = (0..<request.n).map { DemoReply(to: request, choice: $0) }
        let usage = DemoUsage(request, replies)
        let interval = pace.tokenInterval(of: request.model)
        let delay = pace.delay(of: request.model)
        if request.isStreamed {
            stream(replies, usage, request, frame, delay, interval)
        } else {
            let body = frame.whole(replies, usage)
            let longest = replies.map(\.tokens).max() ?? 0
            contentLength = body.utf8.count
            answerWhole(Array(body.utf8), request.model, tokens: usage.output, pause: delay + interval * longest)
        }
    }

    private mutating func stream(
        _ replies: [DemoReply], _ usage: DemoUsage, _ request: DemoRequest, _ frame: DemoFrame, _ delay: Duration,
        _ interval: Duration
    ) {
        for index in replies.indices { send(frame.role(choice: index, request), pause: index == 0 ? delay : .zero) }
        var sent = 0
        // All choices speak at once, as parallel streams of one model do.
        for position in 0..<(replies.map(\.pieces.count).max() ?? 0) {
            for (index, reply) in replies.enumerated() where position < reply.pieces.count {
                let piece = reply.pieces[position]
                let pause = piece.isToken && index == 0 && sent > 0 ? interval : .zero
                send(frame.delta(piece, choice: index, request), pause: pause, tokens: piece.isToken ? 1 : 0)
                sent += 1
            }
            if sent >= Self.tokensBeforeFailure, fail(request.model, frame, interval) { return }
        }
        if fail(request.model, frame, interval) { return }
        for (index, reply) in replies.enumerated() { send(frame.finish(reply, choice: index, request)) }
        if request.includesUsage { send(frame.usage(usage)) }
        send("data: [DONE]\n\n")
    }

    /// Ends the stream as `model` ends on purpose; false for those that do not fail.
    private mutating func fail(_ model: DemoModel, _ frame: DemoFrame, _ interval: Duration) -> Bool {
        switch model {
        case .cut: steps.append(Step(pause: interval, action: .cut))
        case .stall: steps.append(Step(action: .stall))
        case .garbage:
            send(
                "data: {\"id\":\(JSONText.quoted(frame.id)),\"choices\":[{\"index\":0,\"delta\":{\"content\": oops\n\n",
                pause: interval)
            send("data: [DONE]\n\n")
        default: return false
        }
        return true
    }

    private mutating func answerWhole(_ body: [UInt8], _ model: DemoModel, tokens: Int, pause: Duration) {
        switch model {
        case .cut: steps = [Step(action: .send(Array(body.prefix(body.count / 2)))), Step(action: .cut)]
        case .stall: steps = [Step(action: .stall)]
        case .garbage:
            // As long as the body it stands for, and no JSON.
            steps = [Step(pause: pause, action: .send(Array(repeating: UInt8(ascii: "?"), count: body.count)))]
        default: steps = [Step(pause: pause, action: .send(body), tokens: tokens)]
        }
    }

    private mutating func send(_ text: String, pause: Duration = .zero, tokens: Int = 0) {
        steps.append(Step(pause: pause, action: .send(Array(text.utf8)), tokens: tokens))
    }
}
