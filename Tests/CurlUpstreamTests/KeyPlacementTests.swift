import BridgeCore
import BridgeTestKit
import CLibcurl
import ChatProtocol
import Providers
import Testing

@testable import CurlUpstream

@Suite("Where a key travels")
struct KeyPlacementTests {
    @Test("as a bearer token, or in a header of its own, and in no other")
    func placements() throws {
        try Bench.with { bench in
            bench.server.always(.chat(["Hi"]))
            for placement in [KeyPlacement.bearer, .header("x-api-key"), .header("Api-Key")] {
                let recorder = Recorder()
                bench.start(recorder, key: APIKey("sk-1"), placement: placement)
                bench.run(until: { recorder.hasEnded })
                #expect(recorder.failure == nil)
            }
            let names = ["authorization", "x-api-key", "api-key"]
            let sent = bench.server.requests.map { request in names.map { request[$0] } }
            #expect(sent == [["Bearer sk-1", nil, nil], [nil, "sk-1", nil], [nil, nil, "sk-1"]])
        }
    }

    @Test("not where there is none, and not under a name that HTTP does not know", arguments: ["", "a b", "a:b", "ä"])
    func names(name: String) throws {
        try Bench.with { bench in
            bench.server.always(.chat(["Hi"]))
            let without = Recorder()
            bench.start(without, placement: .header("x-api-key"))
            bench.run(until: { without.hasEnded })
            #expect(bench.server.requests.map { $0["x-api-key"] } == [nil])
            let wrong = Recorder()
            bench.start(wrong, key: APIKey("sk-1"), placement: .header(name))
            bench.run(until: { wrong.hasEnded })
            #expect(wrong.failure?.kind == .internal)
            #expect(bench.server.requests.count == 1)
        }
    }

    @Test("its memory is overwritten before it is freed")
    func erased() throws {
        let request = try PreparedRequest(
            TransferRequest(
                method: .get, url: "http://127.0.0.1/", headers: [(name: "X", value: "y")], key: APIKey("sk-secret"),
                keyPlacement: .header("x-api-key")))
        #expect(lines(of: request) == ["X: y", "x-api-key: sk-secret", "Expect:"])
        request.eraseHeaders()
        #expect(lines(of: request) == ["", "", ""])
    }

    private func lines(of request: PreparedRequest) -> [String] {
        sequence(first: request.headers) { $0?.pointee.next }.prefix { $0 != nil }
            .map { $0.map { String(cString: $0.pointee.data) } ?? "" }
    }
}
