import ChatProtocol
import Testing

@Suite("API keys")
struct APIKeyTests {
    @Test("a key is never printed")
    func hidden() throws {
        let key = try #require(APIKey("sk-secret"))
        #expect("\(key) \(String(reflecting: key)) \(String(describing: Optional(key)))".contains("secret") == false)
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    @Test(
        "a key that could smuggle a header is none",
        arguments: ["", "a b", "a\r\nX: y", "ä", "a\u{0}", String(repeating: "x", count: 8193)])
    func invalid(_ text: String) {
        #expect(APIKey(text) == nil)
    }
}
