import ByteCoding

/// From JSON to the members of commands. Null counts as absent; a value of another kind is remembered as the problem and
/// skipped.
extension CommandFields {
    private mutating func skipNull(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        guard try reader.peek() == .null else { return false }
        try reader.skipValue()
        return true
    }

    /// - Parameter complaint: what goes on after the member's name.
    private mutating func complain(_ field: @autoclosure () -> String, _ complaint: String) {
        guard problem == nil else { return }
        let field = field()
        problem = CommandError(.badRequest, "`\(field)` \(complaint)", field: field)
    }

    mutating func string(_ name: String, from reader: inout JSONReader) throws(JSONError) -> String? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == .string else {
            complain(name, "must be a string.")
            try reader.skipValue()
            return nil
        }
        return try reader.readString()
    }

    mutating func apiKey(from reader: inout JSONReader) throws(JSONError) -> APIKey? {
        guard let text = try string("key", from: &reader) else { return nil }
        let key = APIKey(text)
        if key == nil { complain("key", "must be printable ASCII without spaces, 1 to \(APIKey.maxBytes) bytes.") }
        return key
    }

    mutating func flag(_ name: String, from reader: inout JSONReader) throws(JSONError) -> Bool? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == .bool else {
            complain(name, "must be true or false.")
            try reader.skipValue()
            return nil
        }
        return try reader.readBool()
    }

    mutating func value(
        _ name: String, of kind: JSONKind, from reader: inout JSONReader
    ) throws(JSONError) -> [UInt8]? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == kind else {
            complain(name, "must be a JSON \(kind).")
            try reader.skipValue()
            return nil
        }
        var copy: [UInt8] = []
        try reader.copyValue(into: &copy)
        return copy
    }

    mutating func echo(_ name: String, from reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
        if try skipNull(&reader) { return nil }
        let kind = try reader.peek()
        guard kind == .string || kind == .number else {
            complain(name, "must be a string or a number.")
            try reader.skipValue()
            return nil
        }
        var copy: [UInt8] = []
        try reader.copyValue(into: &copy)
        guard copy.count <= CommandParser.maxEchoBytes else {
            complain(name, "is longer than \(CommandParser.maxEchoBytes) bytes.")
            return nil
        }
        return copy
    }

    mutating func inputValue(from reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
        if try skipNull(&reader) { return nil }
        let kind = try reader.peek()
        guard kind == .string || kind == .array else {
            complain("input", "must be a string or an array of content parts.")
            try reader.skipValue()
            return nil
        }
        var copy: [UInt8] = []
        try reader.copyValue(into: &copy)
        if copy.count == 2 { complain("input", "is empty.") }
        if kind == .array, try !Self.holdsObjectsOnly(copy) {
            complain("input", "holds something that is no content part: a JSON object.")
        }
        return copy
    }

    /// What is in the parts is the upstream's to judge; that they are objects, the other tabs rely on.
    private static func holdsObjectsOnly(_ json: [UInt8]) throws(JSONError) -> Bool {
        var reader = JSONReader(json.span)
        try reader.beginArray()
        while try reader.nextElement() {
            guard try reader.peek() == .object else { return false }
            try reader.skipValue()
        }
        return true
    }

    mutating func position(from reader: inout JSONReader) throws(JSONError) -> Position? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == .object else {
            complain("after", "must be an object with `epoch` and `seq`.")
            try reader.skipValue()
            return nil
        }
        var epoch: String?
        var seq: Int?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "epoch"), try reader.peek() == .string {
                epoch = try reader.readString()
            } else if reader.key(key, is: "seq"), try reader.peek() == .number {
                seq = try reader.readInt()
            } else {
                try reader.skipValue()
            }
        }
        guard let epoch, let seq, seq >= 0 else {
            complain("after", "needs an `epoch` (a string) and a `seq` (an integer from 0).")
            return nil
        }
        return Position(epoch: epoch, seq: UInt64(seq))
    }

    mutating func contextValue(from reader: inout JSONReader) throws(JSONError) -> ChatCommand.Context? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == .object else {
            complain("context", "must be an object with `max_tokens`.")
            try reader.skipValue()
            return nil
        }
        var context = ChatCommand.Context()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "max_tokens") {
                context.maxTokens = try tokenCount("context.max_tokens", from: &reader)
            } else if reader.key(key, is: "keep_system") {
                context.keepsSystem = try flag("context.keep_system", from: &reader) ?? true
            } else {
                try reader.skipValue()
            }
        }
        return context
    }

    private mutating func tokenCount(_ name: String, from reader: inout JSONReader) throws(JSONError) -> Int? {
        if try skipNull(&reader) { return nil }
        guard let count = try reader.readInt(), count > 0 else {
            complain(name, "must be an integer from 1.")
            return nil
        }
        return count
    }

    mutating func messageList(from reader: inout JSONReader) throws(JSONError) -> [Message]? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == .array else {
            complain("messages", "must be an array.")
            try reader.skipValue()
            return nil
        }
        var list: [Message] = []
        try reader.beginArray()
        while try reader.nextElement() {
            guard try reader.peek() == .object else {
                complain("messages[\(list.count)]", "must be an object.")
                try reader.skipValue()
                continue
            }
            var json: [UInt8] = []
            try reader.copyValue(into: &json)
            let message = try Message(reading: json) { complain("messages[\(list.count)].\($0)", $1) }
            if let message { list.append(message) }
        }
        if list.isEmpty { complain("messages", "is empty.") }
        return list
    }
}
