import BridgeCore
import BridgeTestKit
import Testing

@Suite("What a refusal says of an upstream's health")
struct UpstreamHealthTests {
    private func core(failures: Int) -> CoreFixture {
        CoreFixture(targets: [.fake("a", breaker: .init(failures: failures, openFor: 9_000))])
    }

    private func refuse(_ status: Int, _ core: CoreFixture) {
        core.upstream {
            $0.head(status)
            $0.end()
        }
    }

    @Test(
        "overloaded, or a proxy that reaches nobody: it is left alone", arguments: [502, 503, 504, 522, 525, 526, 529])
    func ill(status: Int) throws {
        let core = core(failures: 2)
        let tab = try core.tab()
        for id in ["one", "two"] {
            try tab.chat(id)
            refuse(status, core)
        }
        try tab.chat("three")
        #expect(core.upstream.transfers.count == 2)
        #expect(try #require(tab.frames.last).code == "upstream_unreachable")
    }

    @Test("a model that crashes on one request shuts nobody out", arguments: [500, 501, 520])
    func crash(status: Int) throws {
        let core = core(failures: 1)
        let tab = try core.tab()
        for index in 0..<5 {
            try tab.chat("r\(index)")
            refuse(status, core)
        }
        #expect(core.upstream.transfers.count == 5)
    }

    @Test(
        "nor does an error in a stream that had begun to answer, whatever status it calls itself by",
        arguments: [
            #"{"error":{"message":"The server had an error","type":"server_error"}}"#,
            #"{"error":{"message":"Bad gateway","code":502}}"#,
        ])
    func streamed(event: String) throws {
        let core = core(failures: 1)
        let tab = try core.tab()
        for index in 0..<3 {
            try tab.chat("r\(index)")
            core.upstream {
                $0.head()
                $0.event(event)
            }
        }
        #expect(core.upstream.transfers.count == 3)
    }

    @Test(
        "but a 500 is no sign of health: what failed before it still counts, and a trial that gets one decides nothing")
    func neither() throws {
        let core = core(failures: 2)
        let tab = try core.tab()
        for (index, status) in [503, 500, 503].enumerated() {
            try tab.chat("r\(index)")
            refuse(status, core)
        }
        try tab.chat("shut out")
        #expect(core.upstream.transfers.count == 3)
        core.advance(by: 9_000)
        try tab.chat("trial")
        refuse(500, core)
        try tab.chat("next")
        try tab.chat("meanwhile")
        #expect(core.upstream.transfers.count == 5)
        core.answer("x")
        #expect(core.diagnostics.events.contains { if case .breakerClosed("a") = $0 { true } else { false } })
    }
}
