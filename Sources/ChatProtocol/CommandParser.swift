import ByteCoding

/// A command as it came: what its direct answer has to echo, and what it means or why it means nothing.
package struct ParsedCommand {
    /// The command's `id` (a JSON string or number), to be echoed verbatim.
    package var id: [UInt8]?
    /// The command's `type`, where it could be read.
    package var type: String?
    /// The session it names, where that is a valid one.
    package var session: String?
    /// The request it names, likewise.
    package var request: String?
    package var result: Result<Command, CommandError>

    /// `type` where there is such a command.
    package var knownType: String? { type.flatMap { CommandFields.types.contains($0) ? $0 : nil } }

    package init(
        id: [UInt8]? = nil, type: String? = nil, session: String? = nil, request: String? = nil,
        result: Result<Command, CommandError>
    ) {
        self.id = id
        self.type = type
        self.session = session
        self.request = request
        self.result = result
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
                id: fields.id, type: fields.type, session: fields.validSession, request: fields.validRequest,
                result: .failure(.init(.badRequest, "This line is not valid JSON: \(error)")))
        }
        return ParsedCommand(
            id: fields.id, type: fields.type, session: fields.validSession, request: fields.validRequest,
            result: Result { () throws(CommandError) in try fields.command() })
    }
}
