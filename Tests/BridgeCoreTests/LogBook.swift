import BridgeCore
import BridgeTestKit
import ChatProtocol
import Providers

/// A log with what a session keeps beside it: enough to make snapshots, and short to write in tests.
final class LogBook {
    var log = SessionLog(epoch: "e")
    var transcript = Transcript()
    private(set) var slots: [String: UInt32] = [:]
    private(set) var turns: [(turn: Turn, n: Int)] = []
    private var plan = MessagePlan()

    func request(_ id: String, prompt: ChatCommand.Prompt? = nil, params: String? = nil) {
        let slot = log.addSlot(session: "s", request: id)
        slots[id] = slot
        log.append(.request, members: Array(",\"input\":\"?\"".utf8), slot: slot)
        let frame = LogFrame.Request(
            prompt: prompt ?? .input(Array("\"?\"".utf8)), model: "m", upstream: "u",
            params: params.map { Array($0.utf8) }, replaces: nil, at: 1)
        turns.append((Turn(request: id, seq: log.head, frame: frame, isStored: true), 0))
    }

    func start(_ id: String) {
        guard let slot = slots[id] else { preconditionFailure(id) }
        log.append(.start, members: Array(",\"model\":\"m\"".utf8), slot: slot)
        change(id) {
            $0.turn.start = LogFrame.Start(
                model: "m", requestedModel: nil, upstream: "u", provider: "p", upstreamID: nil, created: nil,
                attempt: 1, ttfbMilliseconds: 1)
            $0.n += 1
        }
    }

    func append(_ id: String, _ batch: DeltaBatch) {
        guard let slot = slots[id] else { preconditionFailure(id) }
        log.append(batch, slot: slot)
        change(id) {
            $0.turn.answer.append(batch)
            $0.n += batch.deltas.count
        }
    }

    func text(_ id: String, _ text: String, choice: Int = 0) { append(id, .one(.text, text, choice: choice)) }

    func end(_ id: String, _ kind: EntryKind = .end) {
        guard let slot = slots.removeValue(forKey: id) else { preconditionFailure(id) }
        log.append(kind, members: [], slot: slot)
        guard let index = turns.firstIndex(where: { $0.turn.request == id }) else { preconditionFailure(id) }
        let turn = turns.remove(at: index).turn
        turn.status = kind == .end ? .ended : kind == .aborted ? .aborted : .failed
        transcript.insert(turn, maxBytes: .max)
    }

    private func change(_ id: String, _ body: (inout (turn: Turn, n: Int)) -> Void) {
        guard let index = turns.firstIndex(where: { $0.turn.request == id }) else { preconditionFailure(id) }
        body(&turns[index])
    }

    /// The next message after a cursor.
    func message(after cursor: UInt64, limit: Int = 64 * 1024) -> (text: String, cursor: UInt64) {
        var bytes: [UInt8] = []
        let next = log.writeMessage(after: cursor, limit: limit, plan: &plan, to: &bytes)
        return (String(decoding: bytes, as: UTF8.self), next)
    }

    /// A `joined` frame with a snapshot taken now.
    func joined() -> String {
        let snapshot = Snapshot(seq: log.head, transcript: transcript, running: turns)
        var frame = ConnectionFrame.joined(
            id: nil, session: "s", position: log.position, recovered: false, tabs: 1)
        frame.field("snapshot", json: [])
        return String(decoding: frame.bytes + snapshot.tail.bytes, as: UTF8.self)
    }

    /// All messages after a cursor as short words: `a 3@5 text` is request a, n 3, seq 5; `a 1-3@5 text` is merged.
    func words(after cursor: UInt64, limit: Int = 64 * 1024) throws -> [[String]] {
        var cursor = cursor
        var result: [[String]] = []
        while cursor < log.head {
            let message = message(after: cursor, limit: limit)
            cursor = message.cursor
            result.append(try Frame.frames(of: message.text).map(Self.word))
        }
        return result
    }

    static func word(_ frame: Frame) -> String {
        let n = frame.n ?? -1
        let from: Int? = frame["from"]
        let place = "\(frame.request ?? "?") \(from.map { "\($0)-" } ?? "")\(n)@\(frame.seq ?? -1)"
        guard frame.type == "delta" else { return "\(place) \(frame.type)" }
        var words = [place]
        if let choice: Int = frame["choice"] { words.append("#\(choice)") }
        for kind in ["text", "reasoning", "refusal"] {
            if let content: String = frame[kind] { words.append("\(kind):\(content)") }
        }
        for call in frame.objects("tool_calls") {
            var word = "call\(call["index"] as? Int ?? -1)"
            if let id = call["id"] as? String { word += "=\(id)" }
            if let name = call["name"] as? String { word += ".\(name)" }
            if let arguments = call["arguments"] as? String { word += "(\(arguments))" }
            words.append(word)
        }
        if frame.object["logprobs"] != nil { words.append("logprobs") }
        for name in (frame.object["extra"] as? [String: Any] ?? [:]).keys.sorted() { words.append("extra.\(name)") }
        return words.joined(separator: " ")
    }
}
