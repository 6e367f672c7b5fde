import BridgeCore
import BridgeTestKit
import Foundation
import Providers
import Testing

@Suite("What a provider says that we have no words for")
struct ExtraTests {
    private static let citation =
        #"{"choices":[{"index":0,"delta":{"content":"x","citations":["https://a.example/1"]}}]}"#

    private func core(keeps: Bool) -> CoreFixture {
        CoreFixture(targets: [.fake("a", defaultModel: "m", decoding: DecoderOptions(keepsExtra: keeps))])
    }

    private func citations(_ objects: [Any]) -> [String] {
        objects.compactMap { ($0 as? [String: Any])?["citations"] as? [String] }.flatMap { $0 }
    }

    @Test("where the configuration asks for it, deltas of their own that are not merged; a snapshot has them")
    func deltas() throws {
        let core = core(keeps: true)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head()
            $0.event(Self.citation)
            $0.event(Self.citation)
        }
        let frames = try tab.read()
        let extras = frames.filter { $0.object["extra"] != nil }
        #expect(extras.count == 2 && extras.allSatisfy { $0.type == "delta" && $0.object["from"] == nil })
        #expect(citations(extras.map { $0.object("extra") }) == ["https://a.example/1", "https://a.example/1"])
        let running = try core.tab().frames.of("joined").first?.object("snapshot")["requests"] as? [[String: Any]]
        #expect(citations(running?.first?["extra"] as? [Any] ?? []).count == 2)
        core.upstream {
            $0.finish()
            $0.done()
        }
        #expect(tab.request("r").answer == "xx")
        let ended = try core.tab().frames.of("joined").first?.object("snapshot")["messages"] as? [[String: Any]]
        #expect(citations(ended?.last?["extra"] as? [Any] ?? []).count == 2)
    }

    @Test("what is said of the answer as a whole is in its end")
    func whole() throws {
        let core = core(keeps: true)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head()
            $0.event(
                #"{"citations":["https://a.example/2"],"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}"#)
            $0.done()
        }
        let end = try #require(try tab.read().of("end").first)
        #expect(citations([end.object("extra")]) == ["https://a.example/2"])
        let ended = try core.tab().frames.of("joined").first?.object("snapshot")["messages"] as? [[String: Any]]
        // As a delta, which came at once, and as what `end` said of the whole.
        #expect(citations(ended?.last?["extra"] as? [Any] ?? []) == ["https://a.example/2", "https://a.example/2"])
    }

    @Test("a snapshot keeps so much of it; who listens gets all")
    func bounded() throws {
        let core = core(keeps: true)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head()
            for _ in 0..<30 {
                $0.event(
                    #"{"choices":[{"index":0,"delta":{"content":"x","note":"\#(String(repeating: "n", count: 4_000))"}}]}"#
                )
            }
        }
        #expect(try tab.read().count { $0.object["extra"] != nil } == 30)
        let joined = try #require(try core.tab().frames.of("joined").first)
        #expect(joined.description.utf8.count < Answer.maxExtraBytes + 4_096)
    }

    @Test("where it does not, nothing of it comes")
    func without() throws {
        let core = core(keeps: false)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.head()
            $0.event(Self.citation)
            $0.done()
        }
        #expect(try tab.read().allSatisfy { $0.object["extra"] == nil })
    }
}
