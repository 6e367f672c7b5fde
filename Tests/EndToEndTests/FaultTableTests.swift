import BridgeTestKit
import Testing

/// Whatever goes wrong with an upstream, the tabs learn what, where, whether it may help to try again and when, and what the
/// provider itself says.
@Suite("The fault table")
struct FaultTableTests {
    private func expect(_ fault: Fault) throws {
        let exchange = try FaultyExchange(fault)
        #expect(Verdict(exchange.end) == fault.verdict, "\(exchange.end)")
        #expect(fault.said.isEmpty || exchange.text == fault.said, "what was said before stays")
        let sentence: String = exchange.end["message"] ?? ""
        #expect(!sentence.isEmpty && sentence.contains(fault.sentence), "\(sentence)")
        #expect(exchange.types.filter { ["end", "aborted", "error"].contains($0) } == ["error"])
        #expect(!exchange.types.contains("retry"))
        // What came before was paid for: it is counted.
        let output = exchange.end.object("usage")["output"] as? Int
        #expect(fault.said.isEmpty || output ?? 0 > 0, "\(exchange.end)")
    }

    @Test("a refusal, in each provider's words", arguments: Fault.refusals)
    func refusal(_ fault: Fault) throws { try expect(fault) }

    @Test("a page, or nothing, in a provider's place", arguments: Fault.pages)
    func page(_ fault: Fault) throws { try expect(fault) }

    @Test("a stream that goes wrong, in each dialect", arguments: Fault.streams)
    func stream(_ fault: Fault) throws { try expect(fault) }

    @Test("what only one dialect does wrong", arguments: Fault.peculiarities)
    func peculiarity(_ fault: Fault) throws { try expect(fault) }

    @Test("no answer at all", arguments: Fault.network)
    func network(_ fault: Fault) throws { try expect(fault) }
}
