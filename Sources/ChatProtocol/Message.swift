import ByteCoding

/// One message of a conversation, in OpenAI's shape.
package struct Message {
    /// A JSON object, normalised.
    package var json: [UInt8]
    package var role: String
    /// Whether it has members by which a snapshot's messages describe their turn: some client sends these back as they came.
    package let hasTurnMembers: Bool

    /// What a snapshot says of a message that is not OpenAI's.
    private static let turnMembers: [StaticString] = [
        "request", "at", "status", "choice", "model", "requested_model", "upstream", "named", "provider", "params",
        "params_omitted", "dropped", "context", "reason", "usage", "timing", "error",
    ]

    package init(json: [UInt8], role: String) {
        self.json = json
        self.role = role
        hasTurnMembers = false
    }

    /// Takes a normalised JSON object; nil where it has no role.
    /// - Parameter complain: is told, once, which member is wrong, and what goes on after its name.
    init?(reading json: [UInt8], _ complain: (_ member: String, _ complaint: String) -> Void) throws(JSONError) {
        var role: String?
        var hasTurnMembers = false
        var reader = JSONReader(json.span)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "role"), try reader.peek() == .string {
                role = try reader.readString()
            } else if reader.key(key, is: "content") {
                try Self.checkContent(&reader, complain)
            } else {
                hasTurnMembers = hasTurnMembers || Self.isTurnMember(key, reader)
                try reader.skipValue()
            }
        }
        guard let role else {
            complain("role", "must be a string.")
            return nil
        }
        self.json = json
        self.role = role
        self.hasTurnMembers = hasTurnMembers
    }

    /// Text, parts or nothing. What is in the parts is the upstream's to judge; that they are objects, the other tabs rely on.
    private static func checkContent(
        _ reader: inout JSONReader, _ complain: (_ member: String, _ complaint: String) -> Void
    ) throws(JSONError) {
        let kind = try reader.peek()
        guard kind == .array else {
            if kind != .string, kind != .null { complain("content", "must be a string or an array of parts.") }
            return try reader.skipValue()
        }
        var count = 0
        var isWrong = false
        try reader.beginArray()
        while try reader.nextElement() {
            if !isWrong, try reader.peek() != .object {
                isWrong = true
                complain("content[\(count)]", "must be an object.")
            }
            try reader.skipValue()
            count += 1
        }
    }

    /// Its JSON without those members: as a prompt in a snapshot they would pass for the server's word.
    package func plainJSON() -> [UInt8] {
        guard hasTurnMembers else { return json }
        var plain = [UInt8(ascii: "{")]
        var reader = JSONReader(json.span)
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let isTurnMember = Self.isTurnMember(key, reader)
                let value = try reader.skipValueRange()
                guard !isTurnMember else { continue }
                if plain.count > 1 { plain.append(UInt8(ascii: ",")) }
                plain.append(UInt8(ascii: "\""))
                plain.append(contentsOf: json[key])
                plain.append(contentsOf: "\":".utf8)
                plain.append(contentsOf: json[value])
            }
        } catch {
            preconditionFailure("it was read before: \(error)")
        }
        plain.append(UInt8(ascii: "}"))
        return plain
    }

    private static func isTurnMember(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        for member in turnMembers where reader.key(key, is: member) { return true }
        return false
    }
}
