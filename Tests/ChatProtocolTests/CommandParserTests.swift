import ByteCoding
import ChatProtocol
import Testing

func parse(_ line: String) -> ParsedCommand {
    let bytes = Array(line.utf8)
    return CommandParser.parse(bytes.span)
}

func command(_ line: String) throws -> Command {
    try parse(line).result.get()
}

func text(_ bytes: [UInt8]?) -> String? {
    bytes.map { String(decoding: $0, as: UTF8.self) }
}

private func failure(_ line: String) -> CommandError? {
    guard case .failure(let error) = parse(line).result else { return nil }
    return error
}

@Suite("Commands")
struct CommandParserTests {
    @Test("hello names the client software")
    func hello() throws {
        guard case .hello(let client) = try command(#"{"type":"hello","client":"page/1"}"#) else {
            return #expect(Bool(false))
        }
        #expect(client == "page/1")
    }

    @Test("join without after asks for a snapshot, with it for what was missed")
    func join() throws {
        guard case .join("s:1", nil) = try command(#"{"type":"join","session":"s:1"}"#) else {
            return #expect(Bool(false))
        }
        guard
            case .join("s", let after?) = try command(
                #"{"session":"s","after":{"seq":7,"epoch":"e","more":[1]},"type":"join"}"#)
        else { return #expect(Bool(false)) }
        #expect(after == Position(epoch: "e", seq: 7))
    }

    @Test("leave, abort of one, abort of all")
    func leaveAndAbort() throws {
        guard case .leave("s") = try command(#"{"type":"leave","session":"s"}"#),
            case .abort("s", "r") = try command(#"{"type":"abort","session":"s","request":"r"}"#),
            case .abort("s", nil) = try command(#"{"type":"abort","session":"s"}"#)
        else { return #expect(Bool(false)) }
    }

    @Test("a message's content is text, parts or nothing; what is in the parts is nobody's business")
    func content() throws {
        let contents = [#""""#, #""x""#, "null", "[]", "[{}]", #"[{"type":5},{"text":[null]}]"#]
        for content in contents {
            let line =
                #"{"type":"chat","session":"s","request":"r","messages":[{"role":"user","content":\#(content)}]}"#
            guard case .chat(let chat) = try command(line), case .messages(let messages) = chat.prompt else {
                return #expect(Bool(false))
            }
            #expect(text(messages.first?.json) == #"{"role":"user","content":\#(content)}"#)
        }
    }

    @Test("models takes an upstream and a key, ping anything short to give back")
    func modelsAndPing() throws {
        guard case .models("groq", let key?) = try command(#"{"type":"models","upstream":"groq","key":"k"}"#),
            case .models(nil, nil) = try command(#"{"type":"models"}"#),
            case .ping(let t) = try command(#"{"type":"ping","t":1.5e3}"#),
            case .ping(nil) = try command(#"{"type":"ping"}"#)
        else { return #expect(Bool(false)) }
        #expect(text(t) == "1.5e3" && key == APIKey("k"))
    }

    @Test("a chat carries all its fields, raw values without white space")
    func chat() throws {
        let line = #"""
            {"type":"chat","session":"s","request":"r","messages":[ {"role" : "user", "content": "a\n b"} ],
            "model":"m","upstream":"u","params":{ "n" : 2 },"key":"k","orphan":"abort","replaces":"q","store":false,
            "epoch":"e"}
            """#.replacing("\n", with: "")
        guard case .chat(let chat) = try command(line), case .messages(let messages) = chat.prompt else {
            return #expect(Bool(false))
        }
        #expect(chat.session == "s" && chat.request == "r" && chat.model == "m" && chat.upstream == "u")
        #expect(
            chat.key == APIKey("k") && chat.orphan == .abort && chat.replaces == "q" && !chat.store && chat.epoch == "e"
        )
        #expect(text(chat.params) == #"{"n":2}"#)
        #expect(messages.count == 1 && messages[0].role == "user")
        #expect(text(messages[0].json) == #"{"role":"user","content":"a\n b"}"#)
    }

    @Test(
        "input is a string or an array of content parts; orphan is finish and store true unless said",
        arguments: [#""hello""#, #"[{"type":"text","text":"x"}]"#])
    func input(_ value: String) throws {
        guard case .chat(let chat) = try command(#"{"type":"chat","session":"s","request":"r","input":\#(value)}"#),
            case .input(let input) = chat.prompt
        else { return #expect(Bool(false)) }
        #expect(text(input) == value)
        #expect(chat.orphan == .finish && chat.store)
        #expect(chat.model == nil && chat.params == nil && chat.key == nil && chat.epoch == nil)
    }

    @Test(
        "a wrong field is a bad_request that names it",
        arguments: [
            ("after", #"{"type":"join","session":"s","after":5}"#),
            ("epoch", #"{"type":"join","session":"s","after":{"seq":1}}"#),
            ("seq", #"{"type":"join","session":"s","after":{"epoch":"e"}}"#),
            ("seq", #"{"type":"join","session":"s","after":{"epoch":"e","seq":-1}}"#),
            ("seq", #"{"type":"join","session":"s","after":{"epoch":"e","seq":1.5}}"#),
            ("seq", #"{"type":"join","session":"s","after":{"epoch":"e","seq":"1"}}"#),
            ("seq", #"{"type":"join","session":"s","after":{"epoch":"e","seq":1e300}}"#),
            ("session", #"{"type":"join"}"#),
            ("session", #"{"type":"join","session":null}"#),
            ("session", #"{"type":"join","session":""}"#),
            ("session", #"{"type":"join","session":"a b"}"#),
            ("session", #"{"type":"leave","session":7}"#),
            ("request", #"{"type":"chat","session":"s","input":"x"}"#),
            ("request", #"{"type":"abort","session":"s","request":"ä"}"#),
            ("messages", #"{"type":"chat","session":"s","request":"r"}"#),
            ("messages", #"{"type":"chat","session":"s","request":"r","messages":{}}"#),
            ("messages", #"{"type":"chat","session":"s","request":"r","messages":[]}"#),
            ("messages[1]", #"{"type":"chat","session":"s","request":"r","messages":[{"role":"user"},5]}"#),
            ("messages[0].role", #"{"type":"chat","session":"s","request":"r","messages":[{"content":"x"}]}"#),
            ("messages[0].role", #"{"type":"chat","session":"s","request":"r","messages":[{"role":1}]}"#),
            (
                "messages[0].content[0]",
                #"{"type":"chat","session":"s","request":"r","messages":[{"role":"user","content":[null]}]}"#
            ),
            (
                "messages[1].content[2]",
                #"{"type":"chat","session":"s","request":"r","messages":[{"role":"user"},{"content":[{},{},"x",1],"role":"user"}]}"#
            ),
            (
                "messages[0].content",
                #"{"type":"chat","session":"s","request":"r","messages":[{"role":"a","content":5}]}"#
            ),
            (
                "messages[0].content",
                #"{"type":"chat","session":"s","request":"r","messages":[{"role":"a","content":{}}]}"#
            ),
            (
                "messages[0].content",
                #"{"type":"chat","session":"s","request":"r","messages":[{"role":"a","content":true,"content":"x"},{}]}"#
            ),
            ("input", #"{"type":"chat","session":"s","request":"r","input":5}"#),
            ("input", #"{"type":"chat","session":"s","request":"r","input":""}"#),
            ("input", #"{"type":"chat","session":"s","request":"r","input":[]}"#),
            ("content part", #"{"type":"chat","session":"s","request":"r","input":[{"type":"text"},"x"]}"#),
            ("not both", #"{"type":"chat","session":"s","request":"r","input":"x","messages":[{"role":"user"}]}"#),
            ("params", #"{"type":"chat","session":"s","request":"r","input":"x","params":[1]}"#),
            ("model", #"{"type":"chat","session":"s","request":"r","input":"x","model":5}"#),
            ("upstream", #"{"type":"chat","session":"s","request":"r","input":"x","upstream":{}}"#),
            ("key", #"{"type":"chat","session":"s","request":"r","input":"x","key":true}"#),
            ("orphan", #"{"type":"chat","session":"s","request":"r","input":"x","orphan":"keep"}"#),
            ("orphan", #"{"type":"chat","session":"s","request":"r","input":"x","orphan":1}"#),
            ("replaces", #"{"type":"chat","session":"s","request":"r","input":"x","replaces":"?"}"#),
            ("store", #"{"type":"chat","session":"s","request":"r","input":"x","store":"no"}"#),
            ("epoch", #"{"type":"chat","session":"s","request":"r","input":"x","epoch":1}"#),
            ("context", #"{"type":"chat","session":"s","request":"r","input":"x","context":9}"#),
            (
                "context.max_tokens",
                #"{"type":"chat","session":"s","request":"r","input":"x","context":{"max_tokens":0}}"#
            ),
            (
                "context.max_tokens",
                #"{"type":"chat","session":"s","request":"r","input":"x","context":{"max_tokens":"9"}}"#
            ),
            (
                "context.keep_system",
                #"{"type":"chat","session":"s","request":"r","input":"x","context":{"max_tokens":9,"keep_system":1}}"#
            ),
            ("key", #"{"type":"chat","session":"s","request":"r","input":"x","key":"a b"}"#),
            ("key", #"{"type":"key.check"}"#),
            ("upstream", #"{"type":"key.check","key":"k","upstream":5}"#),
            ("client", #"{"type":"hello","client":[]}"#),
            ("id", #"{"type":"ping","id":{}}"#),
            ("t", #"{"type":"ping","t":[]}"#),
            ("type", #"{"session":"s"}"#),
            ("type", #"{"type":5}"#),
        ])
    func wrongField(_ name: String, _ line: String) {
        let error = failure(line)
        #expect(error?.code == .badRequest)
        #expect(error?.message.contains(name) == true, "\(String(describing: error))")
    }

    @Test("null is the same as absent")
    func null() throws {
        let line =
            #"{"type":"chat","session":"s","request":"r","input":"x","messages":null,"model":null,"params":null,"context":null,"store":null,"after":null,"id":null}"#
        guard case .chat(let chat) = try command(line) else { return #expect(Bool(false)) }
        #expect(chat.model == nil && chat.store)
        #expect(parse(line).id == nil)
    }

    @Test(
        "the id is echoed as it came, a string or a number",
        arguments: [#""a\"b""#, "7", "-0.5e9", #""\u00e9""#])
    func echo(_ id: String) {
        #expect(text(parse(#"{"type":"ping","id":\#(id)}"#).id) == id)
    }

    @Test("an id longer than 256 bytes is refused and not echoed")
    func longID() {
        let long = String(repeating: "x", count: 255)
        let parsed = parse(#"{"type":"ping","id":"\#(long)"}"#)
        #expect(parsed.id == nil)
        #expect(failure(#"{"type":"ping","id":"\#(long)"}"#)?.message.contains("`id`") == true)
        #expect(parse(#"{"type":"ping","id":"\#(long.dropLast())"}"#).id?.count == 256)
    }

    @Test("an error still knows the id, the type and the session of its command")
    func errorContext() {
        let parsed = parse(#"{"type":"chat","id":"q","session":"s","request":5}"#)
        #expect(text(parsed.id) == #""q""# && parsed.type == "chat" && parsed.session == "s")
        #expect(parsed.request == nil)
        #expect(parse(#"{"type":"chat","session":"s","request":"r","input":5}"#).request == "r")
        #expect(parse(#"{"type":"chat","session":"s","request":"no good","input":"x"}"#).request == nil)
        let broken = parse(#"{"type":"chat","id":4,"session":"s","request":"#)
        #expect(text(broken.id) == "4" && broken.type == "chat" && broken.session == "s")
        #expect(parse(#"{"type":"join","session":"no good"}"#).session == nil)
    }

    @Test("unknown fields are skipped, whatever they hold")
    func unknownFields() throws {
        let line = #"{"x":{"type":"leave","session":"no"},"type":"join","y":[[],{"a":null}],"session":"s","z":1e5}"#
        guard case .join("s", nil) = try command(line) else { return #expect(Bool(false)) }
    }

    @Test("an unknown command is unknown_type, also with fields of another kind than ours")
    func unknownType() {
        #expect(failure(#"{"type":"future","session":{"id":1}}"#)?.code == .unknownType)
        #expect(failure(#"{"type":""}"#)?.code == .unknownType)
    }

    @Test("a long unknown type is not quoted whole")
    func longType() throws {
        let error = try #require(failure(#"{"type":"\#(String(repeating: "x", count: 10_000))"}"#))
        #expect(error.message.utf8.count < 200)
    }

    @Test(
        "what is not a JSON object is a bad_request",
        arguments: [
            "", " ", "x", "[]", #""ping""#, "5", "null", "{", #"{"type":"ping""#, #"{"type":"ping"} x"#,
            #"{"type":"ping",}"#, #"{"type":"ping"}{"type":"ping"}"#, #"{type:"ping"}"#, "{\"type\":\"pi\u{1}ng\"}",
            #"{"type":"\x"}"#, #"{"type":"ping","x":01}"#,
        ])
    func brokenJSON(_ line: String) {
        #expect(failure(line)?.code == .badRequest)
    }

    @Test("nesting is bounded: a line of a million brackets is a bad_request, not a crash")
    func deepNesting() {
        #expect(failure(#"{"type":"ping","x":"# + String(repeating: "[", count: 1_000_000))?.code == .badRequest)
        let deep = String(repeating: "{\"a\":", count: 100) + "1" + String(repeating: "}", count: 100)
        #expect(
            failure(#"{"type":"chat","session":"s","request":"r","input":"x","params":\#(deep)}"#)?.code == .badRequest)
    }

    @Test("escaped keys and values are understood")
    func escapes() throws {
        guard case .join("s", nil) = try command(#"{"t\u0079pe":"j\u006fin","session":"\u0073"}"#) else {
            return #expect(Bool(false))
        }
    }

    @Test("a line ends at its line feed or with the message")
    func lines() {
        let bytes = Array("ab\n\ncd".utf8)
        #expect(CommandParser.endOfLine(in: bytes.span, from: 0) == 2)
        #expect(CommandParser.endOfLine(in: bytes.span, from: 3) == 3)
        #expect(CommandParser.endOfLine(in: bytes.span, from: 4) == 6)
    }
}

@Suite("Fingerprints: the same chat again")
struct FingerprintTests {
    private func fingerprint(_ members: String) throws -> UInt64 {
        guard case .chat(let chat) = try command(#"{"type":"chat","session":"s","request":"r",\#(members)}"#) else {
            throw CommandError(.internal, "not a chat")
        }
        return chat.fingerprint
    }

    @Test("id, key, white space and the order of fields do not count")
    func equal() throws {
        let one = try fingerprint(#""input":"x","model":"m","params":{"n":2}"#)
        #expect(try fingerprint(#""params":{ "n" : 2 },"model":"m","input": "x","id":7,"key":"other""#) == one)
        #expect(try fingerprint(#""params":{"n":2},"model":"m","input":"x","orphan":"finish","store":true"#) == one)
    }

    @Test(
        "everything else counts",
        arguments: [
            #""input":"y""#, #""input":[{"text":"x"}]"#, #""messages":[{"role":"user"}]"#, #""input":"x","model":"m""#,
            #""input":"x","upstream":"m""#, #""input":"x","params":{}"#, #""input":"x","orphan":"abort""#,
            #""input":"x","replaces":"q""#, #""input":"x","store":false"#, #""input":"x","epoch":"e""#,
        ])
    func different(_ members: String) throws {
        #expect(try fingerprint(members) != fingerprint(#""input":"x""#))
    }

    @Test("a text does not move from one field to the next")
    func framing() throws {
        #expect(
            try fingerprint(#""input":"x","model":"ab""#) != fingerprint(#""input":"x","model":"a","upstream":"b""#))
        #expect(try fingerprint(#""input":"x","model":"m""#) != fingerprint(#""input":"x","replaces":"m""#))
    }
}
