import BridgeCore
import BridgeTestKit
import ChatProtocol
import Providers
import Testing

@Suite("Model lists")
struct ModelsTests {
    private func tab(_ core: CoreFixture, _ more: String = "") throws -> Tab {
        let tab = try core.tab()
        #expect(try tab.send(#"{"type":"models","id":1\#(more)}"#).isEmpty)
        return tab
    }

    @Test("the upstream's list, each with the upstream's name")
    func list() throws {
        let core = CoreFixture(key: "sk-server")
        let tab = try tab(core)
        #expect(core.upstream.last.request.method == .get)
        #expect(core.upstream.last.request.url == "http://127.0.0.1:1/v1/models")
        #expect(core.upstream.last.request.key != nil)
        core.upstream {
            $0.head()
            $0.bytes(#"{"data":[{"id":"a","created":5,"owned_by":"me"},{"id":"b"}]}"#)
            $0.end()
        }
        #expect(
            try tab.read().map(\.description) == [
                #"{"type":"models","id":1,"models":[{"id":"a","upstream":"default","created":5,"owned_by":"me"},{"id":"b","upstream":"default"}]}"#
            ])
        #expect(core.timers.pendingCount == 0)
    }

    @Test("a list longer than a message arrives whole")
    func longList() throws {
        let core = CoreFixture()
        let tab = try tab(core)
        let models = (0..<5000).map { #"{"id":"model-with-a-long-name-\#($0)"}"# }.joined(separator: ",")
        core.upstream {
            $0.head()
            $0.bytes(#"{"data":[\#(models)]}"#)
            $0.end()
        }
        #expect(try tab.read().first?.objects("models").count == 5000)
    }

    @Test("what goes wrong is an error that answers the command")
    func errors() throws {
        let plays: [(String, (CoreFixture) -> Void)] = [
            (
                "missing_key",
                { core in
                    core.upstream {
                        $0.head(403); $0.end()
                    }
                }
            ),
            (
                "upstream_protocol",
                { core in
                    core.upstream {
                        $0.head(); $0.bytes("<html>"); $0.end()
                    }
                }
            ),
            ("upstream_protocol", { core in core.upstream { $0.end() } }),
            (
                "upstream_protocol",
                { core in
                    core.upstream {
                        $0.head(); $0.bytes(String(repeating: "x", count: 5 << 20))
                    }
                }
            ),
            ("upstream_unreachable", { core in core.upstream { $0.fail(.connect) } }),
            ("upstream_timeout", { core in core.advance(by: 71_000) }),
        ]
        for (code, play) in plays {
            let core = CoreFixture()
            let tab = try tab(core)
            play(core)
            let error = try #require(try tab.read().of("error").first)
            #expect(error.code == code && error["command"] == "models" && error["id"] == 1)
            let recorded = core.diagnostics.events.compactMap { event in
                if case .modelsFailed("default", let code, _, _) = event { code.rawValue } else { nil }
            }
            #expect(recorded == [code])
            #expect(core.timers.pendingCount == 0)
        }
    }

    @Test("an unknown upstream is a bad_request; more than four at a time are too many")
    func limits() throws {
        let core = CoreFixture()
        let tab = try core.tab()
        #expect(try tab.send(#"{"type":"models","upstream":"x"}"#).map(\.code) == ["bad_request"])
        for _ in 0..<4 { try tab.send(#"{"type":"models","key":"k"}"#) }
        #expect(try tab.send(#"{"type":"models"}"#).map(\.code) == ["too_many_requests"])
        core.upstream { $0.fail(.closed) }
        try tab.read()
        #expect(try tab.send(#"{"type":"models"}"#).isEmpty)
    }

    @Test("what is asked with a client's own key is the default upstream's or the named one's, and is not kept")
    func ownKey() throws {
        let core = CoreFixture(targets: [.fake("a", key: "ours"), .fake("b"), .fake("c", key: "s", keyPolicy: .server)])
        let tab = try core.tab()
        for (member, host) in [("", "a"), (#","upstream":"b""#, "b"), ("", "a")] {
            let before = core.upstream.transfers.count
            #expect(try tab.send(#"{"type":"models","key":"mine"\#(member)}"#).isEmpty)
            #expect(core.upstream.transfers.count == before + 1)
            let transfer = try #require(core.upstream.newest(to: host))
            #expect(transfer === core.upstream.last && transfer.request.key?.withSecret { $0 } == "mine")
            core.upstream {
                $0.head()
                $0.bytes(#"{"data":[{"id":"private"}]}"#)
                $0.end()
            }
            let models = try tab.read().first?.objects("models") ?? []
            #expect(models.map { $0["id"] as? String } == ["private"])
        }
        let refused = try tab.send(#"{"type":"models","upstream":"c","key":"mine"}"#)
        #expect(refused.map(\.code) == ["bad_request"] && refused[0]["field"] == "key")
        #expect(core.timers.pendingCount == 0)
    }

    @Test("the dialect's headers and the configuration's go along; where both have one, the latter")
    func headers() throws {
        func target(_ name: String, _ headers: [(name: String, value: String)]) throws -> UpstreamTarget {
            let endpoint = try #require(Endpoint(baseURL: "http://\(name).test/v1", dialect: .anthropic))
            return UpstreamTarget(
                name: name, provider: "fake", dialect: .anthropic, endpoint: endpoint, headers: headers)
        }
        let core = CoreFixture(targets: [
            try target("u", [("Anthropic-Version", "2099-01-01"), ("X-Team", "blue")]), try target("v", []),
        ])
        let tab = try core.tab()
        try tab.send(#"{"type":"models"}"#)
        func sent(_ name: String) -> [String]? {
            core.upstream.newest(to: name)?.request.headers.map { "\($0.name): \($0.value)" }
        }
        #expect(sent("u") == ["Anthropic-Version: 2099-01-01", "X-Team: blue"])
        #expect(sent("v") == ["anthropic-version: 2023-06-01"])
    }

    @Test("who goes is not answered, and what was asked for them is let go of")
    func disconnect() throws {
        let core = CoreFixture(targets: [.fake("a"), .fake("b")])
        let tab = try core.tab()
        try tab.send(#"{"type":"models","key":"mine"}"#)
        let own = core.upstream.last
        try tab.send(#"{"type":"models"}"#)
        tab.disconnect()
        #expect(own.isCancelled)
        #expect(core.upstream.transfers.count { !$0.isCancelled } == 2, "the lists themselves are for everybody")
        core.node.interruptAll()
        #expect(core.upstream.transfers.allSatisfy(\.isCancelled) && core.timers.pendingCount == 0)
        #expect(core.node.hub.runningTransfers == 0)
    }
}
