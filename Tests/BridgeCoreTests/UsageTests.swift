import BridgeCore
import BridgeTestKit
import ChatProtocol
import Foundation
import Providers
import Testing
import Tokenizer

@Suite("What an answer cost")
struct UsageTests {
    private func core(_ counter: FakeCounter? = FakeCounter(), unit: TokenUnit = .o200k) -> CoreFixture {
        CoreFixture(
            targets: [.fake("a", defaultModel: "m", facts: { _ in ModelFacts(unit: unit) })], counter: counter)
    }

    private func usage(_ frame: Frame?) -> [String: Any] { frame?.object("usage") ?? [:] }

    /// A prompt of four words: one message, with its marks, and the beginning of the reply.
    private let prompt = "one two three four"
    private let promptTokens = 4 + 4 + 3

    @Test("of an aborted answer: what was said until then, and the prompt, counted in the model's vocabulary")
    func aborted() throws {
        let counter = FakeCounter()
        let core = core(counter)
        let tab = try core.tab()
        try tab.chat("r", prompt)
        core.upstream {
            $0.connect()
            $0.head()
            $0.reasoning("hm hm")
            $0.text("a b c")
        }
        let aborted = usage(try tab.abort("r").of("aborted").first)
        #expect(aborted["input"] as? Int == promptTokens && aborted["output"] as? Int == 5)
        #expect(aborted["reasoning"] as? Int == 2 && aborted["source"] as? String == "estimated")
        #expect(counter.jobs.map(\.unit) == [.o200k] && core.upstream.last.isCancelled)
    }

    @Test("the prompt's texts are found by whoever counts: what is handed over is the body that was sent")
    func handedOver() throws {
        let counter = FakeCounter(isLate: true)
        let core = core(counter)
        let tab = try core.tab()
        try tab.chat("r", prompt)
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("a b")
        }
        let sent = core.upstream.last.request.body
        try tab.abort("r")
        let source = try #require(counter.jobs.first?.source)
        #expect(counter.jobs.count == 1 && core.upstream.last.isCancelled)
        #expect((source.body as? FakeBody)?.bytes == sent && source.texts == [Array("a b".utf8)])
        #expect(counter.jobs[0].texts == [prompt, "a b"])
        counter.answer()
        core.node.flush()
        let aborted = usage(try tab.read().of("aborted").first)
        #expect(aborted["input"] as? Int == promptTokens && aborted["output"] as? Int == 2)
    }

    @Test("a picture counts in a prompt what it counts where a conversation is cut")
    func picture() throws {
        let target = UpstreamTarget.fake("a", defaultModel: "m") { _ in ModelFacts(unit: .o200k) }
        let core = CoreFixture(targets: [target], counter: FakeCounter())
        let tab = try core.tab()
        let input =
            #"[{"type":"text","text":"\#(prompt)"},{"type":"image_url","image_url":{"url":"http://x"}}]"#
        let frames = try tab.send(
            #"{"type":"chat","session":"s","request":"r","input":\#(input),"context":{"max_tokens":800}}"#)
        let tokens = promptTokens + ChatOverhead.perMedium
        #expect(frames.of("request").first?.object("context")["tokens"] as? Int == tokens)
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("a")
        }
        #expect(usage(try tab.abort("r").of("aborted").first)["input"] as? Int == tokens)
    }

    @Test("a picture alone, and one whose prompt nobody counts, count all the same", arguments: [true, false])
    func pictureAlone(isCounted: Bool) throws {
        let core = core(isCounted ? FakeCounter() : nil)
        let tab = try core.tab()
        try tab.send(
            #"{"type":"chat","session":"s","request":"r","input":[{"type":"image_url","image_url":{"url":"http://x"}}]}"#
        )
        core.upstream {
            $0.connect()
            $0.head()
            $0.text("a")
        }
        let aborted = usage(try tab.abort("r").of("aborted").first)
        #expect(aborted["input"] as? Int == ChatOverhead.perMedium + 4 + 3 && aborted["output"] as? Int == 1)
    }

    @Test("of an answer that broke off, and of one whose upstream does not say")
    func others() throws {
        let core = core()
        let tab = try core.tab()
        for (id, type) in [("cut", "error"), ("silent", "end")] {
            try tab.chat(id, prompt, in: "s", #""store":false"#)
            core.upstream {
                $0.head()
                $0.text("a b")
                if id == "cut" { $0.fail(.closed) } else { $0.done() }
            }
            let terminal = try #require(try tab.read().last)
            #expect(terminal.type == type)
            #expect(usage(terminal)["input"] as? Int == promptTokens && usage(terminal)["output"] as? Int == 2)
        }
    }

    @Test("tool calls are counted by their names and arguments")
    func calls() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("r", prompt)
        core.upstream {
            $0.head()
            $0.event(
                #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{} 1 2"}}]}}]}"#
            )
            $0.done()
        }
        let end = usage(try tab.read().of("end").first)
        #expect(end["output"] as? Int == 1 + 3 + ChatOverhead.toolCalls(1))
    }

    @Test("what the upstream says counts, and nothing is counted then")
    func upstream() throws {
        let counter = FakeCounter()
        let core = core(counter)
        let tab = try core.tab()
        try tab.chat("r", prompt)
        core.upstream {
            $0.head()
            $0.text("a b c")
            $0.event(#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":8}}"#)
        }
        let aborted = usage(try tab.abort("r").of("aborted").first)
        #expect(aborted["input"] as? Int == 9 && aborted["output"] as? Int == 8)
        #expect(aborted["source"] as? String == "upstream" && counter.jobs.isEmpty)
    }

    @Test("what began without its end in view: Anthropic tells the prompt first, the answer is counted")
    func early() throws {
        let core = CoreFixture(
            targets: [.fake("a", dialect: .anthropic, defaultModel: "m")], counter: FakeCounter())
        let tab = try core.tab()
        try tab.chat("r", prompt)
        core.upstream {
            $0.connect()
            $0.head()
            $0.event(
                #"{"type":"message_start","message":{"id":"x","model":"m","role":"assistant","content":[],"usage":{"input_tokens":77,"output_tokens":1}}}"#
            )
            $0.event(#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#)
            $0.event(
                #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"one two three four five"}}"#
            )
        }
        let aborted = usage(try tab.abort("r").of("aborted").first)
        #expect(aborted["input"] as? Int == 77 && aborted["output"] as? Int == 5)
        #expect(aborted["source"] as? String == "calibrated")
    }

    @Test("a request that the upstream was not asked, or has refused, has none")
    func none() throws {
        let core = core()
        let tab = try core.tab()
        try tab.chat("queued")
        #expect(try tab.abort("queued").of("aborted").first?.object["usage"] == nil)
        try tab.chat("refused")
        core.upstream {
            $0.head(400)
            $0.end()
        }
        try tab.chat("cut")
        core.upstream {
            $0.head()
            $0.fail(.closed)
        }
        #expect(try tab.read().of("error").allSatisfy { $0.object["usage"] == nil })
        try tab.chat("waiting", prompt)
        core.upstream { $0.connect() }
        let aborted = usage(try tab.abort("waiting").of("aborted").first)
        #expect(aborted["output"] as? Int == 0 && (aborted["input"] as? Int ?? 0) > 0)
    }

    @Test("without a counter, and for other vocabularies, the length of the texts must do, and source says so")
    func calibrated() throws {
        for counter in [nil, FakeCounter()] {
            let core = core(counter, unit: .calibrated(bytesPerToken: 2))
            let tab = try core.tab()
            try tab.chat("r", prompt)
            core.upstream {
                $0.head()
                $0.text("abcdefgh")
                $0.done()
            }
            let end = usage(try tab.read().of("end").first)
            #expect(end["source"] as? String == "calibrated")
            #expect(end["output"] as? Int == (counter == nil ? 4 : 1))
        }
    }

    // MARK: Counts that take their time

    @Test("the terminal waits for the count; the transfer does not, nor does a second abort change anything")
    func late() throws {
        let counter = FakeCounter(isLate: true)
        let core = core(counter)
        let tab = try core.tab()
        try tab.chat("r", prompt)
        core.upstream {
            $0.head()
            $0.text("a b c")
        }
        let transfer = core.upstream.last
        #expect(try tab.abort("r").of("ok").first?.object["requests"] as? [String] == ["r"])
        #expect(transfer.isCancelled && tab.request("r").terminal == nil)
        #expect(try tab.abort("r").of("ok").first?.object["requests"] as? [String] == [])
        transfer.text("late")
        counter.answer()
        core.node.flush()
        let frames = try tab.read()
        #expect(frames.types == ["aborted"] && usage(frames[0])["output"] as? Int == 3)
        #expect(core.timers.pendingCount == 0)
    }

    @Test("a count that does not come is not waited for longer than its time, and is not heard then")
    func never() throws {
        let counter = FakeCounter(isLate: true)
        let core = core(counter)
        let tab = try core.tab()
        try tab.chat("r", prompt)
        core.upstream {
            $0.head()
            $0.text("abcdefgh")
            $0.done()
        }
        core.advance(by: GenerationState.countingMilliseconds - 1)
        #expect(try tab.read().of("end").isEmpty)
        core.advance(by: 1)
        let end = try #require(try tab.read().last)
        #expect(end.type == "end" && usage(end)["output"] as? Int == 2)
        #expect(usage(end)["source"] as? String == "calibrated")
        counter.answer()
        core.node.flush()
        #expect(try tab.read().isEmpty)
    }

    @Test("a server that stops does not wait for counts: what was decided is told at once")
    func interrupt() throws {
        let core = core(FakeCounter(isLate: true))
        let tab = try core.tab()
        for id in ["aborted", "ended", "running"] { try tab.chat(id) }
        for transfer in core.upstream.transfers {
            transfer.head()
            transfer.text("x")
        }
        try tab.abort("aborted")
        core.upstream.transfers[1].done()
        core.node.interruptAll()
        try tab.read()
        #expect(tab.request("aborted").terminal == "aborted" && tab.request("ended").terminal == "end")
        #expect(tab.request("running").errorCode == "interrupted")
    }
}
