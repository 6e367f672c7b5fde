import ChatProtocol
import Foundation
import Testing

/// Whoever builds on the transcripts has to find everything there that can happen.
@Suite("What the golden transcripts show")
struct TranscriptCoverageTests {
    /// Frames of all transcripts, as received.
    private let received: [[String: Any]] = Self.objects { step in
        if case .tab(_, .receive(let frames)) = step { frames } else { [] }
    }
    private let sent: [[String: Any]] = Self.objects { step in
        if case .tab(_, .send(let text)) = step { text.split(separator: "\n").map(String.init) } else { [] }
    }

    private static func objects(_ texts: (TranscriptStep) -> [String]) -> [[String: Any]] {
        Transcript.all.flatMap(\.lines).flatMap { texts($0.step) }.compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    private func types(of objects: [[String: Any]]) -> Set<String> {
        Set(objects.compactMap { $0["type"] as? String })
    }

    @Test("every command")
    func commands() {
        let commands: Set = ["hello", "join", "leave", "chat", "abort", "models", "key.check", "ping"]
        #expect(types(of: sent).isSuperset(of: commands))
    }

    @Test("every frame")
    func frames() {
        #expect(
            types(of: received) == [
                "welcome", "joined", "left", "accepted", "ok", "models", "pong", "presence", "goaway", "request",
                "start", "delta", "retry", "end", "aborted", "error", "key",
            ])
        #expect(received.contains { $0["type"] as? String == "error" && $0["seq"] != nil })
        #expect(received.contains { $0["type"] as? String == "error" && $0["seq"] == nil })
    }

    @Test("every error code, but those of authentication, which is yet to come")
    func errorCodes() {
        let shown = Set(received.compactMap { $0["code"] as? String })
        #expect(shown == Set(ErrorCode.allCases.map(\.rawValue)).subtracting(["unauthorized"]))
    }

    @Test("every stage that a request can fail in")
    func stages() {
        #expect(
            Set(received.compactMap { $0["stage"] as? String }) == ["queue", "connect", "headers", "stream", "parse"])
    }

    @Test("every reason for an end, every content and every status")
    func values() {
        #expect(
            Set(received.compactMap { $0["reason"] as? String }) == [
                "stop", "length", "tool_calls", "content_filter", "other", "shutdown",
            ])
        let deltas = received.filter { $0["type"] as? String == "delta" }
        for member in ["text", "reasoning", "refusal", "tool_calls", "extra", "choice", "logprobs", "from"] {
            #expect(deltas.contains { $0[member] != nil }, "no delta with \(member)")
        }
        let messages = received.compactMap { $0["snapshot"] as? [String: Any] }.flatMap {
            $0["messages"] as? [[String: Any]] ?? []
        }
        #expect(Set(messages.compactMap { $0["status"] as? String }) == ["ended", "aborted", "failed"])
    }

    @Test("every close code of the catalogue that these transcripts can reach")
    func closeCodes() {
        let shown: Set<Int> = Set(
            Transcript.all.flatMap(\.lines).compactMap {
                if case .tab(_, .closed(let code)) = $0.step { code } else { nil }
            })
        // 1000 and 1001 are a client's own; 1007, 1008 and 4290 need a socket that breaks rules or stalls
        // (WebSocketServerTests); 1011 has no known way; 4401 waits for authentication.
        #expect(shown == [1003, 1009, 1012, 4403, 4408, 4429])
    }
}
