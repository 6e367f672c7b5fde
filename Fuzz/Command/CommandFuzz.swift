import ByteCoding
import ChatProtocol
import Fuzzing

/// Any bytes as a message of commands, one a line: what is accepted is sane, means the same when it is written again, and
/// what is not is answered by a frame that any client can read.
@_cdecl("LLVMFuzzerTestOneInput")
package func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    lend(Input(start, count).text) { message in
        var start = 0
        while start < message.count {
            let end = CommandParser.endOfLine(in: message, from: start)
            demand((start...message.count).contains(end), "a line ends in its message")
            demand(end == message.count || message[end] == UInt8(ascii: "\n"), "a line ends at its line feed")
            judge(message.extracting(start..<end))
            start = end + 1
        }
    }
    return 0
}

private func judge(_ line: Span<UInt8>) {
    let parsed = CommandParser.parse(line)
    if let id = parsed.id { judgeEcho(id) }
    if let session = parsed.session { demand(Identifier.isValid(session), "a named session is valid") }
    switch parsed.result {
    case .failure(let error):
        demand(error.code == .badRequest || error.code == .unknownType, "a parser refuses for two reasons")
        let frame = ConnectionFrame.error(
            id: parsed.id, code: error.code, message: error.message, command: parsed.knownType,
            session: parsed.session)
        judgeLine(frame)
    case .success(let command):
        demand(parsed.knownType == command.name, "a command is of the type that it names")
        judge(command)
        let written = command.written(id: parsed.id)
        judgeLine(written)
        let again = CommandParser.parse(written.span)
        guard case .success(let same) = again.result else {
            return demand(false, "an accepted command is accepted again: \(again.result)")
        }
        demand(again.id == parsed.id, "an id stays")
        demand(same.written(id: again.id) == written, "a command stays what it is")
        if case .chat(let one) = command, case .chat(let other) = same {
            demand(one.fingerprint == other.fingerprint, "the same asks for the same")
        }
    }
}

private func judge(_ command: Command) {
    switch command {
    case .hello, .models, .keyCheck: break
    case .join(let session, let after):
        demand(Identifier.isValid(session), "a session is valid")
        demand((after?.seq ?? 0) <= UInt64(Int.max), "a position is a whole number")
    case .leave(let session): demand(Identifier.isValid(session), "a session is valid")
    case .abort(let session, let request):
        demand(Identifier.isValid(session), "a session is valid")
        demand(request.map(Identifier.isValid) ?? true, "a request is valid")
    case .ping(let time): if let time { judgeEcho(time) }
    case .chat(let chat):
        for id in [chat.session, chat.request, chat.replaces ?? "r"] {
            demand(Identifier.isValid(id), "session and requests are valid")
        }
        demand((chat.model ?? "").utf8.count <= ChatCommand.maxModelBytes, "a model's name is bounded")
        if let params = chat.params { judgeLine(params) }
        switch chat.prompt {
        case .input(let input): judgeLine(input)
        case .messages(let messages):
            demand(!messages.isEmpty, "a conversation has messages")
            for message in messages { judgeLine(message.json) }
        }
    }
}

private func judgeEcho(_ json: [UInt8]) {
    demand(json.count <= CommandParser.maxEchoBytes, "what is echoed is bounded")
    judgeLine(json)
}

/// One JSON value in UTF-8 on one line.
private func judgeLine(_ json: [UInt8]) {
    demand(String(validating: json, as: UTF8.self) != nil, "a line is UTF-8, as Swift sees it")
    demand(!json.contains { $0 < 0x20 }, "a line is one line")
    do throws(JSONError) {
        var reader = JSONReader(json.span, maxDepth: 70)
        try reader.skipValue()
        try reader.finish()
    } catch {
        demand(false, "a line is JSON: \(error)")
    }
}
