import Foundation
import Providers
import Testing

/// What of messages no dialect, or not every dialect, can be told.
@Suite("Encoding messages")
struct EncodingMessageTests {
    private static let others: [Dialect] = [.responses, .anthropic, .gemini, .ollama]

    private func field(_ messages: String, for dialect: Dialect) -> String? {
        do throws(RequestError) {
            _ = try encoded(messages, for: dialect)
            return nil
        } catch {
            #expect(error.message.hasPrefix("`\(error.field)`"), "the sentence names the field")
            return error.field
        }
    }

    @Test(
        "what is no message is refused where it stands",
        arguments: [
            (#"7"#, "messages"), (#"[{"role":"user""#, "messages"), ("[7]", "messages[0]"),
            (#"[{"content":"x"}]"#, "messages[0].role"), (#"[{"role":"function","content":"x"}]"#, "messages[0].role"),
            (#"[{"role":"user","content":"x"},{"role":"user","content":7}]"#, "messages[1].content"),
            (#"[{"role":"user","content":["x"]}]"#, "messages[0].content[0]"),
            (#"[{"role":"user","content":[{"type":"video"}]}]"#, "messages[0].content[0].type"),
            (#"[{"role":"user","content":[{"type":"text"}]}]"#, "messages[0].content[0].text"),
            (
                #"[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]"#,
                "messages[0].content[0].image_url.url"
            ),
            (#"[{"role":"assistant","tool_calls":[{"id":"a"}]}]"#, "messages[0].tool_calls[0].function.name"),
            (#"[{"role":"assistant","function_call":{"name":"f"}}]"#, "messages[0].function_call"),
            (#"[{"role":"assistant","audio":{"id":"a"}}]"#, "messages[0].audio"),
        ])
    func malformed(messages: String, expected: String) {
        for dialect in Self.others { #expect(field(messages, for: dialect) == expected, "\(dialect)") }
    }

    @Test("chat completions are sent whatever stands in messages")
    func untouched() throws {
        #expect(
            try encoded(#"[{"role":"x","y":[1, 2]}]"#, for: .chatCompletions).text.contains(
                #"[{"role":"x","y":[1, 2]}]"#))
    }

    @Test("calls of tools need what matches them to their results")
    func calls() {
        let call = #"{"type":"function","function":{"name":"f","arguments":"{}"}}"#
        #expect(
            field("[{\"role\":\"assistant\",\"tool_calls\":[\(call)]}]", for: .anthropic)
                == "messages[0].tool_calls[0].id")
        #expect(field("[{\"role\":\"assistant\",\"tool_calls\":[\(call)]}]", for: .gemini) == nil)
        let result = #"[{"role":"tool","content":"x"}]"#
        for dialect in Self.others { #expect(field(result, for: dialect) == "messages[0].tool_call_id", "\(dialect)") }
        let stray = #"[{"role":"tool","tool_call_id":"z","content":"x"}]"#
        #expect(field(stray, for: .gemini) == "messages[0].tool_call_id")
        #expect(field(#"[{"role":"tool","tool_call_id":"z","name":"f","content":"x"}]"#, for: .gemini) == nil)
        let arguments = #"[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"[1"}}]}]"#
        for dialect in [Dialect.anthropic, .gemini, .ollama] {
            #expect(field(arguments, for: dialect) == "messages[0].tool_calls[0].function.arguments", "\(dialect)")
        }
        #expect(field(arguments, for: .responses) == nil, "arguments are text there too")
    }

    @Test("ids of other providers' calls become such as Anthropic takes, in the call and in its result")
    func foreignIDs() throws {
        let body = try encoded(
            #"[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"functions.f:0","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"functions.f:0","content":""}]"#,
            for: .anthropic
        ).text
        #expect(body.contains(#"{"type":"tool_use","id":"functions_f_0","name":"f","input":{}}"#))
        #expect(body.contains(#"{"type":"tool_result","tool_use_id":"functions_f_0"}"#))
    }

    @Test("a speaker's name is refused where there is no place for it; a tool's is not needed")
    func names() throws {
        for dialect in Self.others {
            #expect(field(#"[{"role":"user","name":"Ada","content":"x"}]"#, for: dialect) == "messages[0].name")
        }
    }

    @Test("a lenient upstream leaves out what it cannot be told, and says where it stood")
    func lenient() throws {
        let request = try encoded(
            #"[{"role":"user","name":"Ada","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]"#,
            for: .ollama, rules: .init(lenient: true))
        #expect(request.dropped == ["messages[0].name", "messages[0].content[1].image_url"])
        #expect(request.text == #"{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}"#)
    }

    @Test("data URLs are understood as they come, and refused where they are not base64")
    func dataURLs() throws {
        func image(_ url: String) -> String {
            #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(url)"}}]}]"#
        }
        #expect(
            try encoded(image(#"DATA:image\/PNG;name=x;base64,\/9j"#), for: .gemini).text.contains(
                #"{"inlineData":{"mimeType":"image/png","data":"\/9j"}}"#))
        for dialect in [Dialect.anthropic, .gemini, .ollama] {
            #expect(field(image("data:image/svg+xml,%3Csvg/%3E"), for: dialect) == "messages[0].content[0].image_url")
            #expect(field(image("data:;base64,AAAA"), for: dialect) == "messages[0].content[0].image_url")
        }
    }

    @Test("what a model thought is sent back only where the dialect takes it back")
    func thoughts() throws {
        let messages =
            #"[{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning":"hm","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s"}],"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"g"}}}]}]"#
        #expect(!(try encoded(messages, for: .responses).text.contains("hm")))
        #expect(
            try encoded(messages, for: .anthropic).text.contains(
                #""content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"b"}"#))
        let google = try encoded(messages, for: .gemini).text
        #expect(google.contains(#""thoughtSignature":"g""#) && !google.contains("hm"))
        #expect(try encoded(messages, for: .ollama).text.contains(#""thinking":"hm""#))
    }

    @Test("of members of one name the last counts, at any depth, and what nobody knows is passed over")
    func members() throws {
        let unknown = #""x" : { "a":[ {"content":[]}, "]}", null ] }"#
        let messages =
            #" [ { \#(unknown), "content":"early", "role":"user", "content" : [ { "image_url":"early","\u0074ype":"image_url",\#(unknown),"image_url" : {"url":"u1",\#(unknown),"url":"https:\/\/example.com\/a","detail":null} , \#(unknown)} , {"text":"a","type":"text","text":"t"} ] , \#(unknown) } , {"role":"assistant","content":[{"type":"text","text":"x"}],"content":null,"refusal":"no"},{"content":"last","role":"user"} ] "#
        #expect(
            try encoded(messages, for: .anthropic).text
                == #"{"model":"m","messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https:\/\/example.com\/a"}},{"type":"text","text":"t"}]},{"role":"assistant","content":[{"type":"text","text":"no"}]},{"role":"user","content":"last"}],"max_tokens":4096,"stream":true}"#
        )
    }

    @Test("Anthropic is told where to keep the prompt")
    func cacheControl() throws {
        let body = try encoded(
            #"[{"role":"system","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":"b"}]"#,
            for: .anthropic
        ).text
        #expect(body.contains(#""system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]"#))
    }

    @Test("instructions are text", arguments: [Dialect.anthropic])
    func pictureInInstructions(dialect: Dialect) {
        #expect(
            field(
                #"[{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]"#,
                for: dialect) == "messages[0].content[0].image_url")
    }

    @Test(
        "texts are never decoded on the way: their escapes stay, and every body is valid JSON",
        arguments: Dialect.allCases)
    func escapes(dialect: Dialect) throws {
        let text = #"\" \\ \n \u00e9 \ud83d\ude00 </script> é 😀"#
        let request = try encoded("[{\"role\":\"user\",\"content\":\"\(text)\"}]", for: dialect)
        #expect(request.text.contains(text))
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(request.body)) }
    }

    @Test("any JSON as messages and parameters makes a body that is JSON, or an error", arguments: Dialect.allCases)
    func anything(dialect: Dialect) throws {
        let values = [
            "null", "7", "\"x\"", "[]", "{}", "[{}]", "[[]]", "{\"type\":\"function\"}", "true",
            "{\"type\":\"text\",\"text\":7}",
        ]
        let names = ["content", "tool_calls", "tool_call_id", "name", "refusal", "reasoning", "thinking_blocks"]
        for role in ["user", "assistant", "tool", "system"] {
            for name in names {
                for value in values {
                    let messages = #"[{"role":"\#(role)","\#(name)":\#(value)},{"role":"user","content":"x"}]"#
                    guard let body = try? encoded(messages, for: dialect, rules: .init(lenient: true)).body else {
                        continue
                    }
                    #expect(throws: Never.self, "\(messages)") { try JSONSerialization.jsonObject(with: Data(body)) }
                }
            }
        }
        let parameters = [
            "tools", "tool_choice", "response_format", "stop", "max_tokens", "reasoning_effort", "modalities",
            "logprobs",
            "metadata", "service_tier", "user", "options", "generationConfig", "text", "reasoning", "include",
            "thinking",
        ]
        for name in parameters {
            for value in values {
                let params = "{\"\(name)\":\(value)}"
                guard let body = try? encoded(#"[{"role":"user","content":"x"}]"#, params: params, for: dialect).body
                else { continue }
                #expect(throws: Never.self, "\(params)") { try JSONSerialization.jsonObject(with: Data(body)) }
            }
        }
    }
}
