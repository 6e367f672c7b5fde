import ByteCoding

/// Token counts as the provider reports them.
package struct TokenUsage: Equatable, Sendable {
    package var input: Int
    package var output: Int
    /// Output tokens that were spent on reasoning.
    package var reasoning: Int?
    /// Input tokens that came from the provider's cache.
    package var cached: Int?

    package init(input: Int, output: Int, reasoning: Int? = nil, cached: Int? = nil) {
        self.input = input
        self.output = output
        self.reasoning = reasoning
        self.cached = cached
    }

    /// Reads a `usage` object of the chat-completions dialect. Nil when it has neither count, or is no object.
    init?(from reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .object else {
            try reader.skipValue()
            return nil
        }
        var input: Int?
        var output: Int?
        var reasoning: Int?
        var cached: Int?
        // DeepSeek (`prompt_cache_hit_tokens`), Together and Perplexity (the others) put them at the top.
        var cachedAtTop: Int?
        var reasoningAtTop: Int?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "prompt_tokens") {
                input = try reader.readInt()
            } else if reader.key(key, is: "completion_tokens") {
                output = try reader.readInt()
            } else if reader.key(key, is: "completion_tokens_details") {
                reasoning = try Self.member("reasoning_tokens", from: &reader)
            } else if reader.key(key, is: "prompt_tokens_details") {
                cached = try Self.member("cached_tokens", from: &reader)
            } else if reader.key(key, is: "prompt_cache_hit_tokens") || reader.key(key, is: "cached_tokens") {
                cachedAtTop = try reader.readInt()
            } else if reader.key(key, is: "reasoning_tokens") {
                reasoningAtTop = try reader.readInt()
            } else {
                try reader.skipValue()
            }
        }
        guard input != nil || output != nil else { return nil }
        self.input = max(0, input ?? 0)
        self.output = max(0, output ?? 0)
        self.reasoning = (reasoning ?? reasoningAtTop).map { max(0, $0) }
        self.cached = (cached ?? cachedAtTop).map { max(0, $0) }
    }

    static func member(_ name: StaticString, from reader: inout JSONReader) throws(JSONError) -> Int? {
        guard try reader.peek() == .object else {
            try reader.skipValue()
            return nil
        }
        var value: Int?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: name) {
                value = try reader.readInt()
            } else {
                try reader.skipValue()
            }
        }
        return value
    }
}
