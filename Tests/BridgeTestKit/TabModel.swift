import Foundation

/// What a careful tab knows of one session, and a judge of every message: the merging rule of the protocol (Σ), dense
/// `n`, `start` before deltas, exactly one terminal.
package struct TabModel {
    package struct Request: Equatable {
        package var n = -1
        package var hasStarted = false
        package var text: [Int: String] = [:]
        package var reasoning: [Int: String] = [:]
        package var refusal: [Int: String] = [:]
        /// By choice, in the order in which they began.
        package var calls: [Int: [ToolCall]] = [:]
        package var terminal: String?
        /// Why it failed.
        package var errorCode: String?
        package var isKnownFromStart = true

        package var answer: String { text[0] ?? "" }
    }

    package struct ToolCall: Equatable {
        /// Where it stands in a transcript's message, calls have no index.
        package var index: Int?
        package var id = ""
        package var name = ""
        package var arguments = ""

        package init(index: Int?) { self.index = index }
    }

    package let session: String
    package private(set) var epoch = ""
    package private(set) var seq = 0
    package private(set) var requests: [String: Request] = [:]
    package private(set) var snapshots = 0
    /// Frames seen, in order, `joined` and those of the log.
    package private(set) var frames: [Frame] = []
    package private(set) var isJoined = false

    package init(session: String) { self.session = session }

    /// The position to come back with.
    package var position: String { #"{"epoch":"\#(epoch)","seq":\#(seq)}"# }

    /// Takes one message; throws where it breaks a rule.
    package mutating func take(_ message: String) throws {
        guard !message.isEmpty else { throw ViolationError("an empty message") }
        var advance = 0
        var covered = 0
        for frame in try Frame.frames(of: message) where frame.session == session {
            if frame.type == "joined" {
                guard advance == covered else { throw ViolationError("Σ is \(covered), seq advanced by \(advance)") }
                (advance, covered) = (0, 0)
                try takeJoined(frame)
                frames.append(frame)
            } else if frame.type == "left" {
                isJoined = false
            } else if frame.isLogFrame {
                guard isJoined else { throw ViolationError("a log frame before joined: \(frame)") }
                let n = frame.n ?? 0
                let from = frame["from"] ?? n
                guard let next = frame.seq, next > seq else { throw ViolationError("seq does not rise: \(frame)") }
                advance += next - seq
                covered += n - from + 1
                seq = next
                try takeEntry(frame, from: from, n: n)
                frames.append(frame)
            }
        }
        guard advance == covered else {
            throw ViolationError(
                "Σ(n − from + 1) is \(covered), but seq advanced by \(advance): \(message.prefix(2000))")
        }
    }

    /// The connection was lost: nothing comes before a new `joined`.
    package mutating func disconnect() { isJoined = false }

    private mutating func takeJoined(_ frame: Frame) throws {
        isJoined = true
        guard let newEpoch: String = frame["epoch"], let head = frame.seq, let recovered: Bool = frame["recovered"]
        else {
            throw ViolationError("joined lacks a field: \(frame)")
        }
        if recovered {
            guard newEpoch == epoch, head >= seq else { throw ViolationError("recovered, but not from here: \(frame)") }
            return
        }
        guard frame.object["snapshot"] is [String: Any] else { throw ViolationError("no snapshot: \(frame)") }
        snapshots += 1
        epoch = newEpoch
        seq = head
        requests = [:]
        let snapshot = frame.object("snapshot")
        for message in snapshot["messages"] as? [[String: Any]] ?? [] where message["status"] != nil {
            guard let id = message["request"] as? String else { throw ViolationError("an answer of no request") }
            var request = requests[id] ?? Request()
            request.isKnownFromStart = false
            let choice = message["choice"] as? Int ?? 0
            if let content = message["content"] as? String, !content.isEmpty { request.text[choice] = content }
            if let reasoning = message["reasoning"] as? String { request.reasoning[choice] = reasoning }
            if let refusal = message["refusal"] as? String { request.refusal[choice] = refusal }
            request.calls[choice] = (message["tool_calls"] as? [[String: Any]])?.map(ToolCall.init(ofMessage:))
            request.terminal =
                ["ended": "end", "aborted": "aborted", "failed": "error"][message["status"] as? String ?? ""]
            request.errorCode = (message["error"] as? [String: Any])?["code"] as? String
            requests[id] = request
        }
        for running in snapshot["requests"] as? [[String: Any]] ?? [] {
            guard let id = running["request"] as? String, let n = running["n"] as? Int else {
                throw ViolationError("a running request lacks a field")
            }
            var request = Request(n: n, hasStarted: running["provider"] != nil)
            for choice in [running] + (running["choices"] as? [[String: Any]] ?? []) {
                let index = choice["choice"] as? Int ?? 0
                if let text = choice["text"] as? String { request.text[index] = text }
                if let reasoning = choice["reasoning"] as? String { request.reasoning[index] = reasoning }
                if let refusal = choice["refusal"] as? String { request.refusal[index] = refusal }
                for piece in choice["tool_calls"] as? [[String: Any]] ?? [] { request.take(piece, choice: index) }
            }
            requests[id] = request
        }
    }

    private mutating func takeEntry(_ frame: Frame, from: Int, n: Int) throws {
        guard let id = frame.request else { throw ViolationError("a log frame of no request: \(frame)") }
        var request = requests[id] ?? Request()
        guard request.terminal == nil else { throw ViolationError("a frame after the terminal one: \(frame)") }
        guard from == request.n + 1, n >= from else {
            throw ViolationError("n goes from \(request.n) to \(from)…\(n): \(frame)")
        }
        request.n = n
        switch frame.type {
        case "request": guard n == 0 else { throw ViolationError("request is not the first: \(frame)") }
        case "start":
            guard !request.hasStarted else { throw ViolationError("a second start: \(frame)") }
            request.hasStarted = true
        case "delta":
            guard request.hasStarted else { throw ViolationError("a delta before start: \(frame)") }
            let choice = frame["choice"] ?? 0
            if let text = frame.text { request.text[choice, default: ""] += text }
            if let reasoning: String = frame["reasoning"] { request.reasoning[choice, default: ""] += reasoning }
            if let refusal: String = frame["refusal"] { request.refusal[choice, default: ""] += refusal }
            for piece in frame.objects("tool_calls") { request.take(piece, choice: choice) }
        case "end", "aborted", "error":
            request.terminal = frame.type
            request.errorCode = frame.code
        default: break
        }
        if request.n == 0, frame.type != "request" { throw ViolationError("the first frame is not request: \(frame)") }
        requests[id] = request
    }
}

extension TabModel.Request {
    /// A piece of a tool call, as delta frames and snapshots of running requests have it.
    fileprivate mutating func take(_ piece: [String: Any], choice: Int) {
        let index = piece["index"] as? Int ?? 0
        var list = calls[choice] ?? []
        let position = list.firstIndex { $0.index == index } ?? list.count
        if position == list.count { list.append(TabModel.ToolCall(index: index)) }
        if let id = piece["id"] as? String { list[position].id = id }
        if let name = piece["name"] as? String { list[position].name = name }
        list[position].arguments += piece["arguments"] as? String ?? ""
        calls[choice] = list
    }
}

extension TabModel.ToolCall {
    /// One of an assistant message's, in OpenAI's shape.
    fileprivate init(ofMessage object: [String: Any]) {
        self.init(index: nil)
        let function = object["function"] as? [String: Any] ?? [:]
        id = object["id"] as? String ?? ""
        name = function["name"] as? String ?? ""
        arguments = function["arguments"] as? String ?? ""
    }
}
