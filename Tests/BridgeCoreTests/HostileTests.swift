import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("Clients and upstreams that mean no good")
struct HostileTests {
    @Test("a message of many commands takes its turns: another tab is answered in between, and none is lost")
    func manyCommands() throws {
        let core = CoreFixture()
        let greedy = try core.tab()
        let modest = try core.tab("t")
        let pings = (0..<2000).map { #"{"type":"ping","t":\#($0)}"# }.joined(separator: "\n")
        try greedy.send(pings)
        #expect(try modest.send(#"{"type":"ping"}"#).types == ["pong"])
        #expect(greedy.frames.filter { $0.type == "pong" }.count < 1000)
        #expect(greedy.connection.isPaused, "nothing more is read from it meanwhile")
        var turns = 0
        while core.timers.pendingCount > 0, turns < 100 {
            core.timers.advance(by: 0)
            core.node.flush()
            try greedy.read()
            turns += 1
        }
        let answers = greedy.frames.filter { $0.type == "pong" }.map { $0["t"] ?? -1 }
        #expect(answers == Array(0..<2000))
        #expect(!greedy.connection.isPaused)
        #expect(turns > 3)
    }

    @Test("what an event holds beside its text counts while it comes, and no longer once it has come")
    func largeEvent() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream { transfer in
            transfer.connect()
            transfer.head()
            transfer.text("hi")
        }
        core.node.flush()
        let before = core.node.hub.countedBytes
        let image = String(repeating: "i", count: 1 << 20)
        let event = #"data: {"choices":[{"index":0,"delta":{"content":"x","image":"\#(image)"}}]}"#
        core.upstream { $0.bytes(Array(event.utf8)) }
        core.node.flush()
        #expect(core.node.hub.countedBytes - before > 1 << 20)
        core.upstream { $0.bytes(Array("\n\n".utf8)) }
        core.node.flush()
        #expect(core.node.hub.countedBytes - before < 64 << 10)
    }

    @Test("commands that wait for peers who do not read are bounded, all together")
    func waitingCommands() throws {
        var limits = Limits()
        limits.maxIncompleteBytes = 600_000
        let core = CoreFixture(limits: limits)
        let pings = Array(repeating: #"{"type":"ping"}"#, count: 25_000).joined(separator: "\n")
        let greedy = try (0..<3).map { _ in try core.tab() }
        for tab in greedy {
            tab.connection.makeRoom(0)
            core.send(pings, from: tab.connection)
        }
        #expect(greedy.map(\.connection.closed?.code) == [nil, .tooManyConnections, .tooManyConnections])
        #expect(core.node.hub.inputBytes > 300_000 && core.node.hub.inputBytes <= 600_000)
        greedy[0].disconnect()
        #expect(core.node.hub.inputBytes == 0)
        let modest = try core.tab()
        core.send(pings, from: modest.connection)
        #expect(modest.connection.closed == nil && core.node.hub.inputBytes > 0)
        for _ in 0..<200 where core.node.hub.inputBytes > 0 {
            core.timers.advance(by: 0)
            core.node.flush()
            try modest.read()
        }
        #expect(core.node.hub.inputBytes == 0, "their turn has come")
    }

    @Test("large requests take a turn each")
    func largeRequests() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let text = String(repeating: "x", count: 1 << 20)
        let chats = (0..<4).map { #"{"type":"chat","session":"s","request":"r\#($0)","input":"\#(text)"}"# }
        try tab.send(chats.joined(separator: "\n"))
        #expect(core.upstream.transfers.count == 1)
        core.timers.advance(by: 0)
        core.node.flush()
        #expect(core.upstream.transfers.count == 2)
    }

    @Test("a key is in no frame, wherever the upstream puts it")
    func echoedKey() throws {
        let key = "sk-secret/0123"
        let core = CoreFixture(key: key)
        let tab = try core.tab()
        try tab.chat("names")
        core.upstream {
            $0.connect()
            $0.head()
            $0.event(
                #"{"id":"\#(key)","model":"m-\#(key)","choices":[{"delta":{"content":"x"},"finish_reason":"\#(key)"}]}"#
            )
            $0.done()
            $0.end()
        }
        try tab.chat("escaped")
        core.upstream {
            $0.connect()
            $0.head(401)
            $0.bytes(#"{"error":{"message":"no","hint":"sk\u002dsecret\/0123"}}"#)
            $0.end()
        }
        try tab.send(#"{"type":"models"}"#)
        core.upstream {
            $0.head()
            $0.bytes(#"{"data":[{"id":"\#(key)","owned_by":"\#(key)"}]}"#)
            $0.end()
        }
        try tab.read()
        #expect(tab.request("names").terminal == "end" && tab.request("escaped").terminal == "error")
        for frame in tab.frames { #expect(!frame.description.contains("0123"), "\(frame)") }
        let late = try core.tab()
        for frame in late.frames { #expect(!frame.description.contains("0123"), "\(frame)") }
    }

    @Test("a refusal that drips byte by byte ends with what it has said")
    func drippingRefusal() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head(500)
        }
        for _ in 0..<6 {
            core.upstream { $0.bytes("x") }
            core.advance(by: 1000)
        }
        try tab.read()
        #expect(tab.frames.last?.code == "upstream_error")
        #expect(core.upstream.last.isCancelled)
    }

    @Test("model lists count as requests, and there are none while draining")
    func modelLists() throws {
        var limits = Limits()
        limits.maxRequests = 1
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.send(#"{"type":"models"}"#)
        #expect(try tab.send(#"{"type":"models","key":"k"}"#).map(\.code) == ["too_many_requests"])
        #expect(try tab.send(#"{"type":"key.check","key":"k"}"#).map(\.code) == ["too_many_requests"])
        #expect(try tab.chat("r").map(\.code) == ["too_many_requests"])
        core.upstream { $0.fail(.closed) }
        try tab.read()
        #expect(try tab.chat("r").types == ["accepted", "request"])
        core.node.drain {}
        core.node.flush()
        try tab.read()
        #expect(try tab.send(#"{"type":"models"}"#).map(\.code) == ["draining"])
    }

    @Test("over the memory limit the request that holds most fails, the others go on")
    func largestFails() throws {
        var limits = Limits()
        limits.memoryLimit = 1 << 20
        let core = CoreFixture(limits: limits)
        let tab = try core.tab("s", "t")
        try tab.chat("small", "x", in: "s")
        try tab.chat("large", "x", in: "t")
        let (small, large) = (core.upstream.transfers[0], core.upstream.transfers[1])
        for transfer in [small, large] {
            transfer.connect()
            transfer.head()
        }
        small.text("hello")
        for _ in 0..<100 {
            large.text(String(repeating: "x", count: 32 * 1024))
            core.node.flush()
        }
        try tab.read()
        #expect(tab.request("large", in: "t").terminal == "error")
        #expect(tab.frames.last { $0.type == "error" }?.code == "too_many_requests")
        #expect(tab.request("small").terminal == nil)
        #expect(large.isCancelled && !small.isCancelled)
    }

    @Test("who fails for want of memory is told so in that turn: there may be no other for a while")
    func toldAtOnce() throws {
        var limits = Limits()
        limits.memoryLimit = 1 << 20
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.text(String(repeating: "x", count: 1 << 20))
        }
        try tab.read()
        #expect(core.upstream.last.isCancelled && tab.request("r").terminal == "error")
    }

    @Test("an event that never ends counts, too")
    func undecoded() throws {
        var limits = Limits()
        limits.memoryLimit = 1 << 20
        let core = CoreFixture(limits: limits)
        let tab = try core.tab()
        try tab.chat("r")
        core.upstream {
            $0.connect()
            $0.head()
            $0.bytes("data: ")
        }
        for _ in 0..<40 { core.upstream { $0.bytes(String(repeating: "x", count: 64 * 1024)) } }
        try tab.read()
        #expect(tab.frames.last?.code == "too_many_requests")
    }

    @Test("names that would be repeated everywhere are bounded in bytes")
    func longNames() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        let name = "a" + String(repeating: "\u{301}", count: 10_000)
        #expect(try tab.chat("r", "x", in: "s", #""model":"\#(name)""#).map(\.code) == ["bad_request"])
        let unknown = try #require(try tab.send(#"{"type":"\#(name)"}"#).first)
        #expect(unknown.code == "unknown_type")
        #expect(unknown.description.utf8.count < 1000)
    }
}
