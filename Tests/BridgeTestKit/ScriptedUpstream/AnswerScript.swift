package import Providers

/// An answer in the words of a dialect, as steps of a script. Texts must need no JSON escapes.
package struct AnswerScript: Sendable {
    package let dialect: Dialect
    /// What the upstream says it runs.
    package let model: String
    /// What it says the prompt has cost, in tokens.
    package let input: Int

    package init(_ dialect: Dialect, model: String = "scripted", input: Int = 11) {
        self.dialect = dialect
        self.model = model
        self.input = input
    }

    /// The whole of it, in these pieces; the connection stays open for the next request.
    package func whole(_ pieces: [String], output: Int = 7) -> Script {
        Script([head] + beginning + pieces.map(delta) + ending(output: output))
    }

    /// Head and first words; what follows is up to the script.
    package func begun(_ text: String) -> Script {
        Script([head] + beginning + [delta(text)])
    }

    package var head: Script.Step {
        dialect == .ollama
            ? .head([
                (name: "Content-Type", value: "application/x-ndjson"),
                (name: "Transfer-Encoding", value: "chunked"),
            ]) : .streamHead
    }

    /// One event, or line, in a chunk of its own. Where the dialect names its events, this one has `name`.
    package func event(_ json: String, name: String = "") -> Script.Step {
        switch dialect {
        case .chatCompletions, .gemini: .event(json)
        case .responses, .anthropic: name.isEmpty ? .event(json) : .chunk("event: \(name)\ndata: \(json)\n\n")
        case .ollama: .chunk("\(json)\n")
        }
    }

    /// What comes before the first word; Anthropic says there what the prompt cost.
    package var beginning: [Script.Step] {
        switch dialect {
        case .chatCompletions, .gemini, .ollama: []
        case .responses:
            [
                event(
                    #"{"type":"response.created","response":{"id":"id-1","object":"response","created_at":1700000000,"#
                        + #""status":"in_progress","model":"\#(model)","output":[]}}"#, name: "response.created"),
                event(
                    #"{"type":"response.output_item.added","output_index":0,"#
                        + #""item":{"id":"msg-1","type":"message","role":"assistant","content":[]}}"#,
                    name: "response.output_item.added"),
            ]
        case .anthropic:
            [
                event(
                    #"{"type":"message_start","message":{"id":"id-1","type":"message","role":"assistant","#
                        + #""model":"\#(model)","content":[],"stop_reason":null,"#
                        + #""usage":{"input_tokens":\#(input),"output_tokens":1}}}"#, name: "message_start"),
                event(
                    #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
                    name: "content_block_start"),
            ]
        }
    }

    /// A piece of text. Google says with each what the prompt cost.
    package func delta(_ text: String) -> Script.Step {
        switch dialect {
        case .chatCompletions: .delta(text, model: model)
        case .responses:
            event(
                #"{"type":"response.output_text.delta","item_id":"msg-1","output_index":0,"content_index":0,"#
                    + #""delta":"\#(text)"}"#, name: "response.output_text.delta")
        case .anthropic:
            event(
                #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(text)"}}"#,
                name: "content_block_delta")
        case .gemini: event(candidate(text, finish: "", usage: #"{"promptTokenCount":\#(input)}"#))
        case .ollama:
            event(
                #"{"model":"\#(model)","created_at":"2025-01-01T00:00:00Z","#
                    + #""message":{"role":"assistant","content":"\#(text)"},"done":false}"#)
        }
    }

    /// Why it ended, what it cost, and the end of the body.
    package func ending(output: Int) -> [Script.Step] {
        switch dialect {
        case .chatCompletions:
            [
                .finish(model: model),
                event(
                    #"{"id":"c-1","model":"\#(model)","choices":[],"#
                        + #""usage":{"prompt_tokens":\#(input),"completion_tokens":\#(output)}}"#), .done, .lastChunk,
            ]
        case .responses:
            [
                event(
                    #"{"type":"response.completed","response":{"id":"id-1","status":"completed","model":"\#(model)","#
                        + #""usage":{"input_tokens":\#(input),"output_tokens":\#(output)}}}"#,
                    name: "response.completed"), .lastChunk,
            ]
        case .anthropic:
            [
                event(#"{"type":"content_block_stop","index":0}"#, name: "content_block_stop"),
                event(
                    #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":\#(output)}}"#,
                    name: "message_delta"), event(#"{"type":"message_stop"}"#, name: "message_stop"), .lastChunk,
            ]
        case .gemini:
            [
                event(
                    candidate(
                        "", finish: #""finishReason":"STOP","#,
                        usage: #"{"promptTokenCount":\#(input),"candidatesTokenCount":\#(output)}"#)), .lastChunk,
            ]
        case .ollama:
            [
                event(
                    #"{"model":"\#(model)","message":{"role":"assistant","content":""},"done":true,"#
                        + #""done_reason":"stop","prompt_eval_count":\#(input),"eval_count":\#(output)}"#), .lastChunk,
            ]
        }
    }

    private func candidate(_ text: String, finish: String, usage: String) -> String {
        #"{"candidates":[{"content":{"parts":[{"text":"\#(text)"}],"role":"model"},\#(finish)"index":0}],"#
            + #""usageMetadata":\#(usage),"modelVersion":"\#(model)","responseId":"id-1"}"#
    }
}
