/// One answer in the making: an SSE stream in HTTP/1.1 chunks (RFC 9112 section 7.1), built into a buffer that all share.
struct PacedAnswer {
    let model: PacedModel
    let record: TransferRecord
    private let keepsHashes: Bool
    /// An event up to the text of its delta.
    private let opening: [UInt8]
    private let padding: [UInt8]
    /// When the next delta is due, ns; 0 before the head was sent.
    private(set) var due: UInt64
    private let interval: UInt64
    private var next = 0

    static let closing = Array("\"},\"finish_reason\":null}]}\n\n\r\n".utf8)
    static let head = Array(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)

    /// - Parameter phase: 0…1, where in its first interval the first delta falls: streams that begin together do not beat
    ///   together.
    init(_ model: PacedModel, record: TransferRecord, keepsHashes: Bool, now: UInt64, phase: Double) {
        self.model = model
        self.record = record
        self.keepsHashes = keepsHashes
        interval = model.rate > 0 ? 1_000_000_000 / UInt64(model.rate) : 0
        due = now + UInt64(Double(interval) * phase)
        opening = Array(
            (#"data: {"id":"cmpl-1","object":"chat.completion.chunk","created":1,"model":""# + record.model
                + #"","choices":[{"index":0,"delta":{"content":""#).utf8)
        padding = Self.padding(model.pad)
    }

    /// All deltas before the end, or the fault, were made.
    var isComplete: Bool { next >= model.deltas }

    /// Appends the deltas that are due at `now`, or any for which there is `room`, in bytes; at least one.
    mutating func appendDeltas(to out: inout [UInt8], now: UInt64, room: Int) {
        let limit = out.count + room
        repeat {
            appendDelta(to: &out)
            due += interval
        } while !isComplete && due <= now && out.count < limit
    }

    private mutating func appendDelta(to out: inout [UInt8]) {
        let size = out.count
        out.append(contentsOf: Self.noSize)
        let start = out.count
        out.append(contentsOf: opening)
        let text = out.count
        out.append(decimal: UInt64(next))
        out.append(UInt8(ascii: ":"))
        out.append(decimal: MonotonicClock.now())
        out.append(contentsOf: padding)
        out.append(UInt8(ascii: " "))
        record.text.add(out[text...])
        out.append(contentsOf: Self.closing)
        // The chunk's own line end is not counted.
        out.write(hexadecimal: out.count - start - 2, at: size)
        if keepsHashes { record.hashes.append(record.text.hash) }
        next += 1
    }

    /// Appends what comes after the last delta.
    func appendEnd(to out: inout [UInt8]) {
        switch model.fault {
        case nil:
            let count = model.count
            out.append(event: #"{"id":"cmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)
            out.append(
                event: #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":\#(count)}}"#)
            out.append(event: "[DONE]")
        case .error: out.append(event: #"{"error":{"message":"out of luck","type":"server_error","code":"luck"}}"#)
        case .garbage: out.append(event: "{\"choices\":[{")
        case .close, .cut, .silent: break
        }
        if model.fault != .cut, model.fault != .silent { out.append(contentsOf: Array("0\r\n\r\n".utf8)) }
    }

    private static let noSize = Array("000000\r\n".utf8)

    /// Bytes that hold every kind of character a JSON string may, but a space: escapes, more than ASCII, then dots.
    private static func padding(_ count: Int) -> [UInt8] {
        let spice = Array(#"\n\"é\\"#.utf8)
        guard count >= spice.count else { return [UInt8](repeating: UInt8(ascii: "."), count: count) }
        return spice + [UInt8](repeating: UInt8(ascii: "."), count: count - spice.count)
    }
}

extension [UInt8] {
    mutating func append(decimal number: UInt64) {
        let start = count
        var rest = number
        repeat {
            append(UInt8(0x30 + rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }

    /// One event in a chunk of its own.
    mutating func append(event data: String) {
        let size = count
        append(contentsOf: "000000\r\ndata: ".utf8)
        append(contentsOf: data.utf8)
        append(contentsOf: "\n\n\r\n".utf8)
        write(hexadecimal: count - size - 10, at: size)
    }

    /// Writes six digits over what is there; leading zeros are allowed in a chunk's size.
    mutating func write(hexadecimal number: Int, at start: Int) {
        for index in 0..<6 {
            let digit = UInt8(truncatingIfNeeded: number >> (20 - 4 * index)) & 0x0F
            self[start + index] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
    }
}
