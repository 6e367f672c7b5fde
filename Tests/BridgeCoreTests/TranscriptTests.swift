import BridgeCore
import BridgeTestKit
import ChatProtocol
import Providers
import Testing

@Suite("The transcript")
struct TranscriptTests {
    private func turn(_ id: String, seq: UInt64, _ text: String, prompt: ChatCommand.Prompt? = nil) -> Turn {
        let frame = LogFrame.Request(
            prompt: prompt ?? .input(Array("\"\(id)?\"".utf8)), model: "m", upstream: "u", params: nil, replaces: nil,
            at: 1)
        let turn = Turn(request: id, seq: seq, frame: frame, isStored: true)
        if !text.isEmpty { turn.answer.append(.one(.text, text)) }
        turn.status = .ended
        return turn
    }

    private func messages(_ list: [(role: String, text: String)]) -> ChatCommand.Prompt {
        .messages(
            list.map { Message(json: Array(#"{"role":"\#($0.role)","content":"\#($0.text)"}"#.utf8), role: $0.role) })
    }

    /// `user:x|assistant:y`
    private func context(_ transcript: Transcript, from: UInt64 = 0, before: UInt64 = .max) throws -> String {
        let messages = transcript.context(from: from, before: before).map { String(decoding: $0, as: UTF8.self) }
        let frame = try #require(Frame("{\"m\":[\(messages.joined(separator: ","))]}"))
        return frame.objects("m").map { "\($0["role"] as? String ?? ""):\($0["content"] as? String ?? "")" }
            .joined(separator: "|")
    }

    @Test("turns stand in the order of their request frames, whenever they ended")
    func order() throws {
        var transcript = Transcript()
        for (id, seq) in [("c", UInt64(9)), ("a", 1), ("b", 5)] {
            transcript.insert(turn(id, seq: seq, "!\(id)"), maxBytes: .max)
        }
        #expect(transcript.turns.map(\.request) == ["a", "b", "c"])
        #expect(try context(transcript) == "user:a?|assistant:!a|user:b?|assistant:!b|user:c?|assistant:!c")
    }

    @Test("an input without an answer is not sent to a model, nor one that was only thought about")
    func unanswered() throws {
        var transcript = Transcript()
        transcript.insert(turn("a", seq: 1, ""), maxBytes: .max)
        let thought = turn("b", seq: 2, "")
        thought.answer.append(.one(.reasoning, "hm"))
        transcript.insert(thought, maxBytes: .max)
        transcript.insert(turn("c", seq: 3, "yes"), maxBytes: .max)
        #expect(try context(transcript) == "user:c?|assistant:yes")
    }

    @Test("messages without an answer are sent but for the user's last words")
    func unansweredMessages() throws {
        var transcript = Transcript()
        let prompt = messages([("system", "s"), ("user", "1"), ("assistant", "2"), ("user", "3"), ("user", "4")])
        transcript.insert(turn("a", seq: 1, "", prompt: prompt), maxBytes: .max)
        #expect(try context(transcript) == "system:s|user:1|assistant:2")
        var onlyUser = Transcript()
        onlyUser.insert(turn("a", seq: 1, "", prompt: messages([("user", "1")])), maxBytes: .max)
        #expect(try context(onlyUser) == "")
    }

    @Test("the context begins at the newest turn that came with messages")
    func newestMessages() throws {
        var transcript = Transcript()
        transcript.insert(turn("a", seq: 1, "!a"), maxBytes: .max)
        transcript.insert(turn("b", seq: 2, "!b", prompt: messages([("user", "b")])), maxBytes: .max)
        transcript.insert(turn("c", seq: 3, "!c"), maxBytes: .max)
        #expect(try context(transcript) == "user:b|assistant:!b|user:c?|assistant:!c")
        #expect(try context(transcript, from: 3) == "user:c?|assistant:!c")
        #expect(try context(transcript, before: 2) == "user:a?|assistant:!a")
    }

    @Test("over its limit it forgets the oldest turns, never the newest, and counts their messages")
    func limit() {
        var transcript = Transcript()
        for index in UInt64(1)...20 {
            transcript.insert(turn("r\(index)", seq: index, String(repeating: "x", count: 1000)), maxBytes: 8000)
        }
        #expect(transcript.byteCount <= 8000)
        #expect(transcript.turns.last?.request == "r20")
        #expect(transcript.forgottenMessages == 2 * (20 - transcript.turns.count))
        transcript.insert(turn("huge", seq: 21, String(repeating: "x", count: 100_000)), maxBytes: 8000)
        #expect(transcript.turns.map(\.request) == ["huge"])
        transcript.removeAll()
        #expect(transcript.byteCount == 0 && transcript.forgottenMessages == 0)
    }

    @Test("removing from a seq on drops those turns and what they weighed")
    func remove() {
        var transcript = Transcript()
        for index in UInt64(1)...4 { transcript.insert(turn("r\(index)", seq: index, "x"), maxBytes: .max) }
        let all = transcript.byteCount
        transcript.remove(from: 3)
        #expect(transcript.turns.map(\.request) == ["r1", "r2"] && transcript.byteCount == all / 2)
        transcript.remove(from: 0)
        #expect(transcript.turns.isEmpty && transcript.byteCount == 0)
    }
}
