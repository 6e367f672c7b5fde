import ByteCoding

/// A command as it came: what its direct answer has to echo, and what it means or why it means nothing.
package struct ParsedCommand {
    /// The command's `id` (a JSON string or number), to be echoed verbatim.
    package var id: [UInt8]?
    /// The command's `type`, where it could be read.
    package var type: String?
    /// The session it names, where that is a valid one.
    package var session: String?
    package var result: Result<Command, CommandError>

    /// `type` where there is such a command.
    package var knownType: String? { type.flatMap { CommandFields.types.contains($0) ? $0 : nil } }

    package init(
        id: [UInt8]? = nil, type: String? = nil, session: String? = nil, result: Result<Command, CommandError>
    ) {
        self.id = id
        self.type = type
        self.session = session
        self.result = result
    }
}

/// Why a command starts nothing. The message is for the person who wrote the client.
package struct CommandError: Error, Equatable {
    package var code: ErrorCode
    package var message: String
    /// The member that is wrong, with its path (`params.logit_bias`), where one is.
    package var field: String?

    package init(_ code: ErrorCode, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }
}

/// Reads the JSON objects of an incoming text message, one a line.
package struct CommandParser {
    /// Longest `id` and `t` that is echoed, in bytes of JSON.
    package static let maxEchoBytes = 256

    /// Where the line that begins at `start` ends: at its line feed, or with the message.
    package static func endOfLine(in message: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < message.count, message[index] != UInt8(ascii: "\n") { index += 1 }
        return index
    }

    /// Parses one line.
    package static func parse(_ line: Span<UInt8>) -> ParsedCommand {
        var fields = CommandFields()
        do throws(JSONError) {
            var reader = JSONReader(line)
            guard try reader.peek() == .object else {
                return ParsedCommand(result: .failure(.init(.badRequest, "A command is a JSON object, one a line.")))
            }
            try fields.read(from: &reader)
            try reader.finish()
        } catch {
            return ParsedCommand(
                id: fields.id, type: fields.type, session: fields.validSession,
                result: .failure(.init(.badRequest, "This line is not valid JSON: \(error)")))
        }
        return ParsedCommand(
            id: fields.id, type: fields.type, session: fields.validSession,
            result: Result { () throws(CommandError) in try fields.command() })
    }
}

/// The members of all commands, as far as they are there. Unknown members are skipped.
struct CommandFields {
    var type: String?
    var id: [UInt8]?
    var session: String?
    var request: String?
    var after: Position?
    var messages: [Message]?
    var input: [UInt8]?
    var params: [UInt8]?
    var model: String?
    var upstream: String?
    var key: APIKey?
    var client: String?
    var epoch: String?
    var replaces: String?
    var orphan: String?
    var store: Bool?
    var time: [UInt8]?
    var hasContext = false
    /// The first thing that is wrong.
    var problem: CommandError?

    var validSession: String? { session.flatMap { Identifier.isValid($0) ? $0 : nil } }

    mutating func read(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "type") {
                type = try string("type", from: &reader)
            } else if reader.key(key, is: "id") {
                id = try echo("id", from: &reader)
            } else if reader.key(key, is: "session") {
                session = try string("session", from: &reader)
            } else if reader.key(key, is: "request") {
                request = try string("request", from: &reader)
            } else if reader.key(key, is: "after") {
                after = try position(from: &reader)
            } else if reader.key(key, is: "messages") {
                messages = try messageList(from: &reader)
            } else if reader.key(key, is: "input") {
                input = try inputValue(from: &reader)
            } else if reader.key(key, is: "params") {
                params = try value("params", of: .object, from: &reader)
            } else if reader.key(key, is: "model") {
                model = try string("model", from: &reader)
            } else if reader.key(key, is: "upstream") {
                upstream = try string("upstream", from: &reader)
            } else if reader.key(key, is: "key") {
                self.key = try apiKey(from: &reader)
            } else if reader.key(key, is: "client") {
                client = try string("client", from: &reader)
            } else if reader.key(key, is: "epoch") {
                epoch = try string("epoch", from: &reader)
            } else if reader.key(key, is: "replaces") {
                replaces = try string("replaces", from: &reader)
            } else if reader.key(key, is: "orphan") {
                orphan = try string("orphan", from: &reader)
            } else if reader.key(key, is: "store") {
                store = try flag("store", from: &reader)
            } else if reader.key(key, is: "t") {
                time = try echo("t", from: &reader)
            } else if reader.key(key, is: "context") {
                hasContext = try !skipNull(&reader)
                if hasContext { try reader.skipValue() }
            } else {
                try reader.skipValue()
            }
        }
    }

    // MARK: Values. Null counts as absent; a value of another kind is remembered as the problem and skipped.

    private mutating func skipNull(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        guard try reader.peek() == .null else { return false }
        try reader.skipValue()
        return true
    }

    private mutating func complain(_ message: String) {
        if problem == nil { problem = CommandError(.badRequest, message) }
    }

    private mutating func string(_ name: String, from reader: inout JSONReader) throws(JSONError) -> String? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == .string else {
            complain("`\(name)` must be a string.")
            try reader.skipValue()
            return nil
        }
        return try reader.readString()
    }

    private mutating func apiKey(from reader: inout JSONReader) throws(JSONError) -> APIKey? {
        guard let text = try string("key", from: &reader) else { return nil }
        let key = APIKey(text)
        if key == nil { complain("`key` must be printable ASCII without spaces, 1 to \(APIKey.maxBytes) bytes.") }
        return key
    }

    private mutating func flag(_ name: String, from reader: inout JSONReader) throws(JSONError) -> Bool? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == .bool else {
            complain("`\(name)` must be true or false.")
            try reader.skipValue()
            return nil
        }
        return try reader.readBool()
    }

    private mutating func value(
        _ name: String, of kind: JSONKind, from reader: inout JSONReader
    ) throws(JSONError) -> [UInt8]? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == kind else {
            complain("`\(name)` must be a JSON \(kind).")
            try reader.skipValue()
            return nil
        }
        var copy: [UInt8] = []
        try reader.copyValue(into: &copy)
        return copy
    }

    private mutating func echo(_ name: String, from reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
        if try skipNull(&reader) { return nil }
        let kind = try reader.peek()
        guard kind == .string || kind == .number else {
            complain("`\(name)` must be a string or a number.")
            try reader.skipValue()
            return nil
        }
        var copy: [UInt8] = []
        try reader.copyValue(into: &copy)
        guard copy.count <= CommandParser.maxEchoBytes else {
            complain("`\(name)` is longer than \(CommandParser.maxEchoBytes) bytes.")
            return nil
        }
        return copy
    }

    private mutating func inputValue(from reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
        if try skipNull(&reader) { return nil }
        let kind = try reader.peek()
        guard kind == .string || kind == .array else {
            complain("`input` must be a string or an array of content parts.")
            try reader.skipValue()
            return nil
        }
        var copy: [UInt8] = []
        try reader.copyValue(into: &copy)
        if copy.count == 2 { complain("`input` is empty.") }
        if kind == .array, try !Self.holdsObjectsOnly(copy) {
            complain("`input` holds something that is no content part: a JSON object.")
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

    private mutating func position(from reader: inout JSONReader) throws(JSONError) -> Position? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == .object else {
            complain("`after` must be an object with `epoch` and `seq`.")
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
            complain("`after` needs an `epoch` (a string) and a `seq` (an integer from 0).")
            return nil
        }
        return Position(epoch: epoch, seq: UInt64(seq))
    }

    private mutating func messageList(from reader: inout JSONReader) throws(JSONError) -> [Message]? {
        if try skipNull(&reader) { return nil }
        guard try reader.peek() == .array else {
            complain("`messages` must be an array.")
            try reader.skipValue()
            return nil
        }
        var list: [Message] = []
        try reader.beginArray()
        while try reader.nextElement() {
            guard try reader.peek() == .object else {
                complain("`messages[\(list.count)]` must be an object.")
                try reader.skipValue()
                continue
            }
            var json: [UInt8] = []
            try reader.copyValue(into: &json)
            guard let message = try Message(reading: json) else {
                complain("`messages[\(list.count)].role` must be a string.")
                continue
            }
            list.append(message)
        }
        if list.isEmpty { complain("`messages` is empty.") }
        return list
    }
}
