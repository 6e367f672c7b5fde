import Foundation
import Providers
import Testing

@Suite("Texts of a prompt")
struct EncodingPromptTextsTests {
    private func texts(_ body: [UInt8]) -> [String] {
        promptTexts(in: body.span).map { String(decoding: $0, as: UTF8.self) }
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
}
