/// What the scripted upstream does with a request, or with a whole connection, step by step.
package struct Script: Sendable, ExpressibleByArrayLiteral {
    package enum Step: Sendable {
        /// Sends bytes as they are.
        case send([UInt8])
        /// Sends bytes in pieces of this size, each in a segment of its own.
        case pieces([UInt8], size: Int)
        /// Sends bytes again and again, as fast as the client takes them, until it closes.
        case endlessly([UInt8])
        /// Sends bytes again and again, with a pause after each time, until the client closes.
        case drip([UInt8], milliseconds: Int32)
        /// Goes on when the gate is open; ends the script where the client closes before that.
        case wait(Gate)
        /// Says nothing until the client closes.
        case stall
        /// Closes the connection in order.
        case close
        /// Breaks the connection: RST.
        case reset
        /// Calls it, on the connection's thread, and goes on.
        case call(@Sendable () -> Void)
        /// Reads a request. For scripts of connections; a script of a request begins after it was read.
        case readRequest
    }

    package var steps: [Step]

    package init(_ steps: [Step]) { self.steps = steps }
    package init(arrayLiteral elements: Step...) { steps = elements }

    package static func + (first: Script, second: Script) -> Script { Script(first.steps + second.steps) }
}

// MARK: HTTP

extension Script.Step {
    package static func text(_ text: String) -> Script.Step { .send(Array(text.utf8)) }

    /// A status line and headers; what follows them is up to the script.
    package static func head(status: Int = 200, _ headers: [(name: String, value: String)] = []) -> Script.Step {
        let lines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        return .text("HTTP/1.1 \(status) Scripted\r\n\(lines)\r\n")
    }

    /// One chunk of a chunked body (RFC 9112 section 7.1).
    package static func chunk(_ bytes: [UInt8]) -> Script.Step {
        .send(Array(String(bytes.count, radix: 16).utf8) + crlf + bytes + crlf)
    }

    package static func chunk(_ text: String) -> Script.Step { .chunk(Array(text.utf8)) }

    /// The end of a chunked body.
    package static let lastChunk = Script.Step.text("0\r\n\r\n")

    private static let crlf: [UInt8] = [0x0D, 0x0A]
}

extension Script {
    /// A whole answer with its length; the connection stays open for the next request.
    package static func answer(
        status: Int = 200, type: String = "application/json", headers: [(name: String, value: String)] = [],
        body: String
    ) -> Script {
        let fields = [("Content-Type", type), ("Content-Length", String(body.utf8.count))]
        return [.head(status: status, fields.map { (name: $0.0, value: $0.1) } + headers), .text(body)]
    }
}

// MARK: Event streams

extension Script.Step {
    /// The head of a chunked event stream.
    package static let streamHead = Script.Step.head([
        (name: "Content-Type", value: "text/event-stream"), (name: "Transfer-Encoding", value: "chunked"),
    ])

    /// One event, in a chunk of its own.
    package static func event(_ data: String) -> Script.Step { .chunk("data: \(data)\n\n") }

    /// A chat-completion chunk with a piece of content; `content` must need no JSON escapes.
    package static func delta(_ content: String, model: String = "scripted") -> Script.Step {
        .event(
            #"{"id":"c-1","object":"chat.completion.chunk","created":1700000000,"model":"\#(model)","#
                + #""choices":[{"index":0,"delta":{"content":"\#(content)"},"finish_reason":null}]}"#)
    }

    /// The chunk that says why the answer ended.
    package static func finish(_ reason: String = "stop", model: String = "scripted") -> Script.Step {
        .event(
            #"{"id":"c-1","object":"chat.completion.chunk","created":1700000000,"model":"\#(model)","#
                + #""choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"#)
    }

    /// The dialect's last event.
    package static let done = Script.Step.event("[DONE]")
}

extension Script {
    /// A complete chat answer in these pieces; the connection stays open for the next request.
    package static func chat(_ pieces: [String], model: String = "scripted", finish: String = "stop") -> Script {
        Script(
            [.streamHead] + pieces.map { .delta($0, model: model) }
                + [.finish(finish, model: model), .done, .lastChunk])
    }
}
