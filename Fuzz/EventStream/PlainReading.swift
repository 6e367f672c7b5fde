/// The stream read as WHATWG HTML 9.2.6 says it, line by line over the whole text, with no thought of speed: the judge.
extension SeenStream {
    init(read text: ArraySlice<UInt8>, maxEventBytes: Int) {
        self.init()
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var rest = text.starts(with: mark) ? text.dropFirst(mark.count) : text
        var event = PlainEvent()
        while !rest.isEmpty {
            let line = Array(rest.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
            rest = rest.dropFirst(line.count)
            let isTerminated = !rest.isEmpty
            if rest.popFirst() == UInt8(ascii: "\r"), rest.first == UInt8(ascii: "\n") { rest.removeFirst() }
            if line.isEmpty {
                dispatch(&event)
                continue
            }
            event.take(line)
            guard event.byteCount <= maxEventBytes else {
                isTooLarge = true
                return
            }
            if !isTerminated { break }
        }
        let before = events.count
        dispatch(&event)
        lastIsUnterminated = events.count > before
        lastEventID = event.id
    }

    private mutating func dispatch(_ event: inout PlainEvent) {
        event.id = event.newID
        if let data = event.data {
            events.append(Event(name: event.name, id: event.id, data: data, retry: event.retry))
        }
        event.name = []
        event.data = nil
        event.byteCount = 0
    }
}

/// The buffers of 9.2.6. The reconnection time and the id outlive an event.
private struct PlainEvent {
    var name: [UInt8] = []
    var data: [UInt8]?
    var newID: [UInt8] = []
    var id: [UInt8] = []
    var retry: UInt64?
    /// Bytes of the lines that mean something.
    var byteCount = 0

    mutating func take(_ line: [UInt8]) {
        let field = String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
        var value = line.drop { $0 != UInt8(ascii: ":") }.dropFirst()
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        switch field {
        case "data": data = data.map { $0 + [UInt8(ascii: "\n")] + value } ?? Array(value)
        case "event": name = Array(value)
        case "id": if !value.contains(0) { newID = Array(value) }
        case "retry":
            let isNumber = !value.isEmpty && value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if isNumber { retry = UInt64(String(decoding: value, as: UTF8.self)) ?? .max }
        default: return
        }
        byteCount += line.count
    }
}
