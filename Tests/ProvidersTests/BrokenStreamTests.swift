import BridgeTestKit
import Providers
import Testing

@Suite("Streams broken at random")
struct BrokenStreamTests {
    private static let stream = Array(
        """
        : hi
        data: \(chunk(#"{"role":"assistant","content":""}"#))

        data: \(chunk(#"{"content":"a\ud83d"}"#))

        event: chunk
        data: \(chunk(#"{"content":"\ude00é","reasoning":"hm"}"#))

        data: \(chunk(#"{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{\"a\""}}]}"#))

        data: {"choices":[{"delta":{"content":[{"type":"text","text":"b"}]},"index":1,"logprobs":{"content":[{"token":"b"}]}}],
        data: "usage":{"prompt_tokens":1,"completion_tokens":2}}

        data: \(chunk("{}", finishReason: "stop"))

        data: [DONE]


        """.utf8)

    @Test("whatever bytes change, the answer ends, and is the same in every split", arguments: 0..<48)
    func changes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // Bytes that the grammars care about break more than evenly spread ones.
        let interesting = Array("\r\n:{}[]\",\\ du0e".utf8) + [0x00, 0x80, 0xC3, 0xED, 0xEF, 0xFF]
        for _ in 0..<24 {
            var bytes = Self.stream
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = interesting[Int.random(in: 0..<interesting.count, using: &random)]
                case 1: bytes.remove(at: place)
                default: bytes.removeSubrange(place..<min(place + 40, bytes.count))
                }
            }
            let feeder = SplitFeeder(bytes)
            let whole = HeardAnswer(feeder)
            var ways: [SplitFeeder.Way] = [.bytewise, .every(7), .every(64)]
            for _ in 0..<8 {
                let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
                ways.append(.at(cuts))
            }
            for way in ways {
                #expect(
                    HeardAnswer(feeder, way) == whole, "seed \(seed), \(way): \(String(decoding: bytes, as: UTF8.self))"
                )
            }
        }
    }
}
