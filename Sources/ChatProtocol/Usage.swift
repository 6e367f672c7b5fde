/// Token counts. `source` says who counted.
package struct Usage: Equatable {
    package var input: Int
    package var output: Int
    package var reasoning: Int?
    package var cached: Int?
    package var source: String

    package init(input: Int, output: Int, reasoning: Int? = nil, cached: Int? = nil, source: String = "upstream") {
        self.input = input
        self.output = output
        self.reasoning = reasoning
        self.cached = cached
        self.source = source
    }

    package func write(to frame: inout ObjectWriter) {
        frame.object("usage") {
            $0.field("input", input)
            $0.field("output", output)
            $0.field("reasoning", reasoning)
            $0.field("cached", cached)
            $0.field("source", source)
        }
    }
}
