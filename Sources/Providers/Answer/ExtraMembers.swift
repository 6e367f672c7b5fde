import ByteCoding

/// Members of JSON objects that have no place in our words, in order of their coming; of each name the latest value.
struct ExtraMembers {
    /// More of them than that, in bytes, are dropped: an image that is sent along, for example.
    static let maxBytes = 256 * 1024
    static let maxCount = 64

    private var members: [(name: [UInt8], value: [UInt8])] = []
    private var byteCount = 0

    var isEmpty: Bool { members.isEmpty }

    mutating func removeAll() {
        members.removeAll()
        byteCount = 0
    }

    /// Sets a member; name and value as they stand in JSON, without the name's quotes. False where it says what it said
    /// already, or is too large.
    mutating func set(_ name: [UInt8], to value: [UInt8]) -> Bool {
        let known = members.firstIndex { $0.name == name }
        let before = known.map { members[$0].value }
        guard before != value else { return false }
        let size = known == nil ? name.count + value.count : value.count - (before?.count ?? 0)
        guard byteCount + size <= Self.maxBytes else { return false }
        if let known {
            members[known].value = value
        } else {
            guard members.count < Self.maxCount else { return false }
            members.append((name, value))
        }
        byteCount += size
        return true
    }

    /// Appends them as one object.
    func write(to output: inout [UInt8]) {
        var separator = UInt8(ascii: "{")
        for member in members {
            output.append(separator)
            output.append(UInt8(ascii: "\""))
            output.append(span: member.name.span)
            output.append(literal: "\":")
            output.append(span: member.value.span)
            separator = UInt8(ascii: ",")
        }
        if members.isEmpty { output.append(separator) }
        output.append(UInt8(ascii: "}"))
    }
}
