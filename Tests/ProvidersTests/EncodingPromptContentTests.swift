import Foundation
import Providers
import Testing

@Suite("What a model reads of a prompt")
struct EncodingPromptContentTests {
    private func texts(_ body: [UInt8]) -> [String] {
        PromptContent(body: body.span).texts.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("the model's reading is found in any dialect, and nothing else", arguments: Dialect.allCases)
    func dialects(dialect: Dialect) throws {
        let messages = """
            [{"role":"system","content":"SYSTEM"},
             {"role":"user","content":[{"type":"text","text":"QUESTION \\n"},
              {"type":"image_url","image_url":{"url":"data:image/png;base64,UElDVFVSRQ=="}}]},
             {"role":"assistant","content":"ANSWER","tool_calls":[{"id":"call_ID","type":"function","function":{"name":"TOOL","arguments":"{\\"a\\":\\"ARGUMENT\\"}"}}]},
             {"role":"tool","tool_call_id":"call_ID","content":"RESULT"}]
            """
        let params =
            #"{"tools":[{"type":"function","function":{"name":"TOOL","description":"DESCRIPTION"}}],"stop":"STOP","user":"USER"}"#
        let body = try encoded(messages, params: params, for: dialect, rules: .init(lenient: true)).body
        let found = texts(body)
        for word in ["SYSTEM", "QUESTION \\n", "ANSWER", "TOOL"] {
            #expect(found.contains(word), "\(word) in \(found)")
        }
        for word in ["RESULT", "ARGUMENT", "DESCRIPTION"] {
            #expect(found.contains { $0.contains(word) }, "\(word) in \(found)")
        }
        let all = found.joined(separator: "|")
        for word in ["UElD", "STOP", "USER", "call_ID", "assistant", "image/png"] {
            #expect(!all.contains(word), "\(word) in \(found)")
        }
    }

    /// What is counted before a chat is sent, to cut it, and what is counted of the body that was sent.
    @Test("a conversation reads the same before it is encoded and after, in any dialect", arguments: Dialect.allCases)
    func agreement(dialect: Dialect) throws {
        let picture = #"{"type":"image_url","image_url":{"url":"data:image/png;base64,UElDVFVSRQ=="}}"#
        let file =
            #"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,UERG"}}"#
        let sound = #"{"type":"input_audio","input_audio":{"data":"U09VTkQ=","format":"wav"}}"#
        // Not every dialect has each of them.
        let more =
            switch dialect {
            case .chatCompletions, .gemini: "\(file),\(sound)"
            case .responses, .anthropic: file
            case .ollama: picture
            }
        let messages = [
            #"{"role":"system","content":"Be brief."}"#,
            #"{"role":"user","content":[{"type":"text","text":"What is this?"},\#(picture),\#(more)]}"#,
            #"{"role":"assistant","content":"I look.","reasoning":"HIDDEN","reasoning_content":"HIDDEN","reasoning_details":[{"type":"reasoning.text","text":"HIDDEN"}],"thinking_blocks":[{"type":"thinking","thinking":"HIDDEN","signature":"s"}],"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\":\"it\"}"}}]}"#,
            #"{"role":"tool","tool_call_id":"c1","content":"A cat."}"#, #"{"role":"user","content":"And now?"}"#,
        ]
        let params = #"{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"title":"FORM"}}}}"#
        let body = try encoded("[\(messages.joined(separator: ","))]", params: params, for: dialect).body
        let sent = PromptContent(body: body.span)
        let said = try messages.map { message in
            let bytes = Array(message.utf8)
            let content = PromptContent(message: bytes.span)
            return try #require(content)
        }
        // Turns are the dialect's own; instructions that stand apart are one.
        let turns =
            switch dialect {
            case .chatCompletions, .ollama: messages.count
            case .responses: messages.count + 1  // A call stands beside the message that made it.
            case .anthropic, .gemini: messages.count - 1  // A tool's result and what the user says next are one.
            }
        #expect(sent.messageCount == turns)
        #expect(sent.mediaCount == said.reduce(0) { $0 + $1.mediaCount })
        #expect(sent.mediaCount == (dialect == .chatCompletions || dialect == .gemini ? 3 : 2))
        // Names and arguments of calls stand in each dialect's own order, and arguments may have become JSON.
        func words(_ contents: [PromptContent]) -> Set<String> {
            Set(contents.flatMap(\.texts).map { String(decoding: $0, as: UTF8.self).filter { $0 != "\\" } })
        }
        let form = Array(params.utf8)
        let defined = PromptContent(params: form.span)
        let forms = words([try #require(defined)])
        #expect(forms.count == 1 && forms.allSatisfy { $0.contains("FORM") })
        let found = words([sent])
        #expect(found.filter { !$0.contains("FORM") && !$0.contains("A cat.") } == words(said).subtracting(["A cat."]))
        #expect(found.contains { $0.contains("FORM") } && found.contains { $0.contains("A cat.") })
        #expect(!found.contains { $0.contains("HIDDEN") })
    }

    @Test(
        "a part that has a type and no text is a medium, whatever it is; one that may be empty is not",
        arguments: [
            (#"{"type":"audio_url","audio_url":{"url":"x"}}"#, 1), (#"{"type":"hologram","data":"x"}"#, 1),
            (#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"x"}}"#, 1),
            (
                #"{"type":"document","source":{"type":"content","content":[{"type":"text","text":"a"},{"type":"image"}]}}"#,
                1
            ),
            (#"{"type":"tool_result","tool_use_id":"t","content":[{"type":"image"},{"type":"image"}]}"#, 2),
            (#"{"type":"function_call_output","output":[{"type":"input_image","image_url":"x"}]}"#, 1),
            (#"{"type":"tool_result","tool_use_id":"t"}"#, 0), (#"{"type":"text","text":""}"#, 0),
            (#"{"type":"text","text":null}"#, 0), (#"{"type":"tool_use","id":"t","name":"f","input":{}}"#, 0),
            (#"{"type":"thinking","thinking":"hm","signature":"s"}"#, 0),
            (#"{"type":"redacted_thinking","data":"x"}"#, 0),
            (#"{"text":"a"}"#, 0), (#"7"#, 0),
        ])
    func media(part: String, count: Int) throws {
        for body in [
            #"{"messages":[{"role":"user","content":[\#(part)]}]}"#,
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},\#(part)]}]}"#,
        ] {
            let bytes = Array(body.utf8)
            #expect(PromptContent(body: bytes.span).mediaCount == count)
        }
    }

    @Test(
        "the form of the answer is found in each dialect's own words, too",
        arguments: [
            #""output_config":{"effort":"low","format":F}"#, #""text":{"verbosity":"low","format":F}"#, #""format":F"#,
            #""generationConfig":{"responseSchema":F}"#, #""generation_config":{"response_json_schema":F}"#,
            #""responseJsonSchema":F"#, #""response_schema":F"#,
        ])
    func forms(params: String) throws {
        let form = #"{"title":"FORM"}"#
        let bytes = Array("{\(params.replacing("F", with: form))}".utf8)
        let content = PromptContent(params: bytes.span)
        #expect(try #require(content).texts.map { String(decoding: $0, as: UTF8.self) } == [form])
    }

    @Test("texts are bounded in number, and lose nothing")
    func bounded() throws {
        let messages = "[" + (0..<10_000).map { #"{"role":"user","content":"\#($0),"}"# }.joined(separator: ",") + "]"
        let found = texts(try encoded(messages, for: .chatCompletions).body)
        #expect(found.count == 4_096)
        #expect(found.joined() == (0..<10_000).map { "\($0)," }.joined())
    }

    @Test(
        "what is no body has none",
        arguments: ["", "7", "[]", "{\"messages\":[{\"content\":\"x\"}", "{\"messages\":7}"])
    func none(body: String) {
        #expect(texts(Array(body.utf8)).isEmpty)
    }

    @Test(
        "what is no message, and what are no parameters, are none", arguments: ["", "7", "[]", "{\"content\":", "{}x"])
    func noMessage(text: String) {
        let bytes = Array(text.utf8)
        let message = PromptContent(message: bytes.span)
        let params = PromptContent(params: bytes.span)
        #expect(message == nil && params == nil)
    }
}
