import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("What a snapshot has room for")
struct SnapshotRoomTests {
    private let book = LogBook()

    private func snapshot() throws -> (messages: [[String: Any]], requests: [[String: Any]], truncated: Int?) {
        let snapshot = try #require(Frame(book.joined())).object("snapshot")
        return (
            snapshot["messages"] as? [[String: Any]] ?? [], snapshot["requests"] as? [[String: Any]] ?? [],
            snapshot["truncated"] as? Int
        )
    }

    /// A JSON object of so many bytes.
    private func params(_ size: Int) -> String { #"{"user":"\#(String(repeating: "x", count: size - 11))"}"# }

    private func ended(_ id: String, params: String? = nil) {
        book.request(id, params: params)
        book.start(id)
        book.text(id, "x")
        book.end(id)
    }

    /// Ended turns r0, r1 … with so many bytes of `params` each; those of which a snapshot tells them.
    private func turnsWithParams(_ sizes: Int...) throws -> [String] {
        let room = Self()
        for (index, size) in sizes.enumerated() { room.ended("r\(index)", params: params(size)) }
        let (messages, _, truncated) = try room.snapshot()
        #expect(messages.count == 2 * sizes.count && truncated == nil)
        return messages.filter { $0["params"] != nil }.compactMap { $0["request"] as? String }
    }

    @Test("large params push no message out: the newest that have room are told, and the turns of the others without")
    func params() throws {
        #expect(Snapshot.maxParamsBytes == 262_144)
        #expect(try turnsWithParams(100_000, 100_000, 100_000) == ["r1", "r2"])
        #expect(try turnsWithParams(5 << 20) == [])
        #expect(try turnsWithParams(1_000, 5 << 20, 1_000) == ["r0", "r2"])
        #expect(try turnsWithParams(100, 262_044, 101) == ["r0", "r2"])
        #expect(try turnsWithParams(262_044, 100) == ["r0", "r1"], "to the byte")
    }

    @Test("params count nothing of the 4 MiB of messages")
    func paramsBesideMessages() throws {
        for id in ["a", "b"] {
            book.request(id, params: params(100_000))
            book.start(id)
            book.text(id, String(repeating: "x", count: (2 << 20) - 1_024))
            book.end(id)
        }
        let (messages, _, truncated) = try snapshot()
        #expect(
            messages.count == 4 && truncated == nil
                && messages.allSatisfy { ($0["status"] == nil) == ($0["params"] == nil) })
    }

    @Test("running requests share that room, the newest first, ended or not; where params are left out, it is said")
    func paramsOfRunning() throws {
        ended("none")
        ended("old", params: params(100_000))
        book.request("oldest running", params: params(100_000))
        ended("ended", params: params(100_000))
        book.request("small", params: "{}")
        book.request("huge", params: params(7 << 20))
        book.request("newest", params: params(100_000))
        book.request("plain")
        let (messages, requests, truncated) = try snapshot()
        func ids(_ member: String) -> [String] {
            (messages + requests).filter { $0[member] != nil }.compactMap { $0["request"] as? String }
        }
        #expect(truncated == nil && messages.count == 6 && requests.count == 5)
        #expect(requests.map { $0["request"] as? String } == ["oldest running", "small", "huge", "newest", "plain"])
        #expect(ids("params") == ["ended", "small", "newest"])
        #expect(ids("params_omitted") == ["old", "oldest running", "huge"])
        #expect((messages + requests).allSatisfy { $0["params_omitted"] as? Bool ?? true })
        #expect(book.joined().utf8.count < 256 << 10)
    }

    private func input(_ size: Int) -> ChatCommand.Prompt {
        .input(Array("\"\(String(repeating: "x", count: size - 2))\"".utf8))
    }

    @Test("of running requests' prompts the newest is told in any case, of the others those that have room in 4 MiB")
    func prompts() throws {
        #expect(Snapshot.maxPromptBytes == 4 << 20)
        let sizes = ["a": 3 << 20, "b": 1 << 20, "c": 100, "d": (3 << 20) - 100, "e": 7 << 20]
        for id in sizes.keys.sorted() { book.request(id, prompt: input(sizes[id] ?? 2)) }
        let requests = try snapshot().requests
        #expect(requests.filter { $0["input"] != nil }.map { $0["request"] as? String } == ["b", "c", "d", "e"])
        #expect((requests[0]["messages"] as? [Any])?.isEmpty == true && requests[0]["omitted"] as? Int == 1)
        #expect(requests[1...].allSatisfy { $0["omitted"] == nil && $0["messages"] == nil })
        #expect(requests[0]["n"] as? Int == 0 && requests[0]["model"] as? String == "m", "all else is told")
    }

    @Test("messages count as far as they are told, and are left out whole")
    func promptsOfMessages() throws {
        func messages(_ sizes: Int...) -> ChatCommand.Prompt {
            .messages(
                sizes.map { size in
                    let content = String(repeating: "x", count: size)
                    return Message(json: Array(#"{"role":"user","content":"\#(content)"}"#.utf8), role: "user")
                })
        }
        book.request("left out", prompt: messages(100, 200, 3 << 20))
        book.request("long", prompt: messages(6 << 20, 1 << 20, 100))
        book.request("large", prompt: messages(2 << 20))
        book.request("newest", prompt: messages(1, 1))
        let requests = try snapshot().requests
        #expect(requests.map { ($0["messages"] as? [Any])?.count } == [0, 1, 1, 2])
        #expect(requests.map { $0["omitted"] as? Int } == [3, 2, nil, nil])
    }
}
