/// Milliseconds from the moment a request was accepted; nil where a point was not reached.
package struct Timing: Equatable {
    /// Until its transfer began.
    package var queued: UInt64?
    /// Until the response's head.
    package var firstByte: UInt64?
    /// Until the first delta.
    package var firstToken: UInt64?
    /// Until the terminal entry.
    package var total: UInt64
    /// Output tokens, where known, by the time from the first token to the end.
    package var tokensPerSecond: Double?

    package init(
        queued: UInt64? = nil, firstByte: UInt64? = nil, firstToken: UInt64? = nil, total: UInt64,
        tokensPerSecond: Double? = nil
    ) {
        self.queued = queued
        self.firstByte = firstByte
        self.firstToken = firstToken
        self.total = total
        self.tokensPerSecond = tokensPerSecond
    }

    package func write(to frame: inout ObjectWriter) {
        frame.object("timing") {
            $0.field("queued_ms", queued)
            $0.field("ttfb_ms", firstByte)
            $0.field("ttft_ms", firstToken)
            $0.field("total_ms", total)
            // An upstream's count may be nonsense: a rate that cannot be is not told.
            if let tokensPerSecond, (0..<1e9).contains(tokensPerSecond) {
                let tenths = Int((tokensPerSecond * 10).rounded())
                $0.field("tokens_per_s", json: Array("\(tenths / 10).\(tenths % 10)".utf8))
            }
        }
    }
}
