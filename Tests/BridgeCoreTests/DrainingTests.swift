import BridgeCore
import BridgeTestKit
import Testing

@Suite("An aborted answer that is read to its end")
struct DrainingTests {
    private func core(maxTokens: Int = 100, milliseconds: UInt64 = 5_000) -> CoreFixture {
        CoreFixture(targets: [
            .fake("a", defaultModel: "m", abortPolicy: .drain(maxTokens: maxTokens, milliseconds: milliseconds))
        ])
    }

    private func aborted(_ core: CoreFixture, _ tab: Tab) throws -> FakeTransfer {
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("half")
        }
        #expect(try tab.abort("r").of("ok").first?.object["requests"] as? [String] == ["r"])
        return core.upstream.last
    }

    @Test("nothing more is delivered; the upstream's usage comes, then the transfer goes and the tabs are told")
    func usage() throws {
        let core = core()
        let tab = try core.tab()
        let transfer = try aborted(core, tab)
        core.upstream {
            $0.text("more")
            $0.finish()
        }
        #expect(!transfer.isCancelled && tab.request("r").terminal == nil)
        core.upstream { $0.event(#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":12}}"#) }
        let frames = try tab.read()
        #expect(frames.types == ["aborted"] && transfer.isCancelled)
        let usage = frames[0].object("usage")
        #expect(usage["output"] as? Int == 12 && usage["source"] as? String == "upstream")
        #expect(tab.request("r").answer == "half" && core.timers.pendingCount == 0)
        let connection: String? = tab.frames.first?["connection"]
        #expect(frames[0]["by"] == connection)
    }

    @Test("a stream that ends or breaks is the end of it")
    func ends() throws {
        let plays: [(FakeTransfer) -> Void] = [
            { $0.done() }, { $0.end() }, { $0.fail(.closed) }, { $0.event(#"{"error":{"message":"no"}}"#) },
        ]
        for play in plays {
            let core = core()
            let tab = try core.tab()
            _ = try aborted(core, tab)
            core.upstream(play)
            let frames = try tab.read()
            #expect(frames.types == ["aborted"])
            #expect(frames.first?.object("usage")["source"] as? String == "calibrated")
            core.advance(by: 10_000)
            #expect(core.timers.pendingCount == 0)
        }
    }

    @Test("not longer than its time, nor for more than its tokens, which are counted")
    func caps() throws {
        let core = core(maxTokens: 10)
        let tab = try core.tab()
        let transfer = try aborted(core, tab)
        core.advance(by: 4_999)
        #expect(!transfer.isCancelled)
        core.advance(by: 1)
        #expect(try tab.read().types == ["aborted"] && transfer.isCancelled)
        let second = CoreFixture(targets: [
            .fake("a", defaultModel: "m", abortPolicy: .drain(maxTokens: 10, milliseconds: 5_000))
        ])
        let other = try second.tab()
        let chatty = try aborted(second, other)
        second.upstream { $0.text("0123456789012345678901234567890123456789") }
        let frames = try other.read()
        #expect(frames.types == ["aborted"] && chatty.isCancelled)
        #expect(frames.first?.object("usage")["output"] as? Int == 12, "the answer's two, and ten that were drained")
    }

    @Test("a second abort and a server that stops cut it at once; one terminal, aborted")
    func cut() throws {
        for round in 0..<2 {
            let core = core()
            let tab = try core.tab()
            let transfer = try aborted(core, tab)
            if round == 0 {
                let frames = try tab.abort("r")
                #expect(frames.of("ok").first?.object["requests"] as? [String] == [])
                #expect(frames.of("aborted").count == 1)
            } else {
                core.node.interruptAll()
                #expect(try tab.read().types == ["aborted"])
            }
            #expect(transfer.isCancelled && core.node.hub.runningRequests == 0)
        }
    }

    @Test("before the upstream answers there is nothing to be heard: it is cut at once")
    func early() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { $0.connect() }
        #expect(try tab.abort("r").of("aborted").count == 1 && core.upstream.last.isCancelled)
    }
}
