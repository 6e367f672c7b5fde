import ByteCoding

/// Writes a request's body from front to back. Commas come by themselves.
struct BodyWriter {
    private(set) var bytes: [UInt8] = []

    init() {}

    /// With room for all that a request says.
    init(for request: ChatRequest) {
        bytes.reserveCapacity(request.messages.count + (request.params?.count ?? 0) + 128)
    }

    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    /// Begins a member, whose value is to follow.
    mutating func name(_ name: String) {
        separate()
        bytes.append(jsonString: name)
        bytes.append(UInt8(ascii: ":"))
    }

    // MARK: Values: an element of an array, or what follows a name

    mutating func object(_ fill: (inout BodyWriter) throws(RequestError) -> Void) throws(RequestError) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        try fill(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func array(_ fill: (inout BodyWriter) throws(RequestError) -> Void) throws(RequestError) {
        separate()
        bytes.append(UInt8(ascii: "["))
        try fill(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    /// `value` is JSON already.
    mutating func value(_ value: JSONValue) { json(value.bytes) }

    private mutating func json(_ text: ArraySlice<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
    }

    // MARK: Members

    mutating func object(
        _ name: String, _ fill: (inout BodyWriter) throws(RequestError) -> Void
    ) throws(RequestError) {
        self.name(name)
        try object(fill)
    }

    mutating func array(
        _ name: String, _ fill: (inout BodyWriter) throws(RequestError) -> Void
    ) throws(RequestError) {
        self.name(name)
        try array(fill)
    }

    /// Nil leaves the member out.
    mutating func member(_ name: String, _ value: JSONValue?) {
        guard let value else { return }
        self.name(name)
        json(value.bytes)
    }

    /// `text` is JSON already.
    mutating func member(_ name: String, json text: [UInt8]) {
        self.name(name)
        json(text[...])
    }

    /// Nil leaves the member out.
    mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        self.name(name)
        bytes.append(jsonString: value)
    }

    mutating func member(_ name: String, _ value: Int) {
        self.name(name)
        bytes.append(decimal: value)
    }

    mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        bytes.append(literal: value ? "true" : "false")
    }

    /// `content` is that of a JSON string, still escaped. Nil leaves the member out.
    mutating func member(_ name: String, escaped content: ArraySlice<UInt8>?) {
        guard let content else { return }
        self.name(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: content)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Several contents of JSON strings, still escaped, as one.
    mutating func member(_ name: String, escaped contents: [ArraySlice<UInt8>], separator: StaticString) {
        self.name(name)
        bytes.append(UInt8(ascii: "\""))
        for (index, content) in contents.enumerated() {
            if index > 0 { bytes.append(literal: separator) }
            bytes.append(contentsOf: content)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The members of an object that is JSON already.
    mutating func members(of object: ArraySlice<UInt8>) {
        func isText(_ byte: UInt8) -> Bool { byte > 0x20 }
        let inner = object.drop { !isText($0) }.dropFirst()
        guard let close = inner.lastIndex(of: UInt8(ascii: "}")), let first = inner[..<close].firstIndex(where: isText),
            let last = inner[..<close].lastIndex(where: isText)
        else { return }
        json(inner[first...last])
    }
}
