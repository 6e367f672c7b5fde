package import Providers

/// An error as the provider of a dialect words it. Its texts are put in as they are: escapes are up to the caller.
package struct ScriptedError: Sendable {
    /// Google has it in the body, too.
    package var status: Int
    /// OpenAI's and Anthropic's type, Google's status in words; Ollama has none.
    package var type: String
    /// OpenAI's code; the others have none.
    package var code: String
    package var message: String

    package init(_ status: Int, type: String, code: String = "c", message: String) {
        self.status = status
        self.type = type
        self.code = code
        self.message = message
    }

    /// The body of a refusal.
    package func body(in dialect: Dialect) -> String {
        switch dialect {
        case .chatCompletions, .responses:
            #"{"error":{"message":"\#(message)","type":"\#(type)","param":null,"code":"\#(code)"}}"#
        case .anthropic:
            #"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"},"request_id":"req-1"}"#
        case .gemini: #"{"error":{"code":\#(status),"message":"\#(message)","status":"\#(type)"}}"#
        case .ollama: #"{"error":"\#(message)"}"#
        }
    }

    package func refusal(in dialect: Dialect, headers: [(name: String, value: String)] = []) -> Script {
        .answer(status: status, headers: headers, body: body(in: dialect))
    }

    /// The event that says so in the middle of an answer.
    package func event(in dialect: Dialect) -> Script.Step {
        let script = AnswerScript(dialect)
        switch dialect {
        case .chatCompletions, .gemini, .ollama: return script.event(body(in: dialect))
        case .anthropic: return script.event(body(in: dialect), name: "error")
        case .responses:
            return script.event(
                #"{"type":"error","code":"\#(code)","message":"\#(message)","param":null,"sequence_number":3}"#,
                name: "error")
        }
    }
}
