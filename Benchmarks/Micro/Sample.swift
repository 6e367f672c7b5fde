/// What an upstream says, as the popular ones say it.
enum Sample {
    /// Pieces of text, JSON-escaped: mostly short ASCII, as tokens are.
    static let pieces = [
        " the", " quick", " brown", " fox", " jumps", " over", " a", " lazy", " dog", ".", #"\n\n"#, " It", " was",
        #" \"fine\""#, " na\u{EF}ve", " \u{6F22}\u{5B57}",
    ]

    /// The event of one delta, of about 240 bytes.
    static func event(_ index: Int) -> [UInt8] {
        let piece = pieces[index % pieces.count]
        return Array(
            (#"data: {"id":"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG","object":"chat.completion.chunk","#
                + #""created":1741570283,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","#
                + #""system_fingerprint":"fp_44add55e8e","choices":[{"index":0,"delta":{"content":"\#(piece)"},"#
                + #""logprobs":null,"finish_reason":null}]}"# + "\n\n").utf8)
    }

    /// One event of each piece.
    static let events = pieces.indices.map { event($0) }

    static let done = Array("data: [DONE]\n\n".utf8)

    /// Events that fill what curl hands over at once (16 KiB), and how many they are.
    static let burst: (bytes: [UInt8], events: Int) = {
        var bytes: [UInt8] = []
        var count = 0
        while bytes.count + 256 < 16 << 10 {
            bytes += event(count)
            count += 1
        }
        return (bytes, count)
    }()

    /// A prompt of about 1 KiB, as a JSON string.
    static let prompt = Array(
        ("\"" + String(repeating: "Why is the sky blue, and the sea too? ", count: 27) + "\"").utf8)
}
