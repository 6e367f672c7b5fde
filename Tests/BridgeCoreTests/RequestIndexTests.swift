import BridgeCore
import Testing

@Suite("Request ids")
struct RequestIndexTests {
    @Test("an id is new, then the same or different by its fingerprint")
    func known() {
        var index = RequestIndex()
        #expect(index.look(up: "a", fingerprint: 1) == .new && !index.contains("a"))
        index.insert("a", fingerprint: 1, limit: 10)
        #expect(index.look(up: "a", fingerprint: 1) == .same && index.look(up: "a", fingerprint: 2) == .different)
        #expect(index.contains("a"))
    }

    @Test("the newest are remembered, however many come")
    func limit() {
        var index = RequestIndex()
        for number in 0..<5000 { index.insert("r\(number)", fingerprint: 0, limit: 100) }
        #expect(index.count == 100 && index.byteCount < 100 * 100)
        #expect(!index.contains("r4899") && index.contains("r4900") && index.contains("r4999"))
    }
}
