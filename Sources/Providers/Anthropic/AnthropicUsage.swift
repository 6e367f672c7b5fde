import ByteCoding

/// Anthropic's counts. They come in two events, and the later one may leave out what the earlier one said.
struct AnthropicUsage {
    /// Tokens that were neither read from the cache nor written to it.
    private var input: Int?
    private var written: Int?
    private var cached: Int?
    private var output: Int?
    private var thinking: Int?

    mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.beginObjectIfAny() else { return }
        while let key = try reader.nextKey() {
            if reader.key(key, is: "input_tokens") {
                input = try reader.readCount() ?? input
            } else if reader.key(key, is: "cache_creation_input_tokens") {
                written = try reader.readCount() ?? written
            } else if reader.key(key, is: "cache_read_input_tokens") {
                cached = try reader.readCount() ?? cached
            } else if reader.key(key, is: "output_tokens") {
                output = try reader.readCount() ?? output
            } else if reader.key(key, is: "output_tokens_details") {
                guard try reader.beginObjectIfAny() else { continue }
                while let key = try reader.nextKey() {
                    if reader.key(key, is: "thinking_tokens") {
                        thinking = try reader.readCount() ?? thinking
                    } else {
                        try reader.skipValue()
                    }
                }
            } else {
                try reader.skipValue()
            }
        }
    }

    /// The input counts whole, the cached part of it included, as the other dialects count it. Nil before either count came.
    var counts: TokenUsage? {
        guard input != nil || output != nil else { return nil }
        return TokenUsage(
            input: [input, written, cached].reduce(0) { $0.saturatingSum($1 ?? 0) }, output: output ?? 0,
            reasoning: thinking, cached: cached)
    }
}

extension Int {
    /// The sum of two counts, which a server may have made up.
    func saturatingSum(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
