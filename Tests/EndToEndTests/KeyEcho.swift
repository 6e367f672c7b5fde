import BridgeTestKit
import Providers

/// Ways in which an upstream repeats the key that it was sent. A request says by its model which one it wants.
enum KeyEcho: String, CaseIterable {
    case error, escaped, halfEscaped, nested, torn, tornEscaped, text, page, page200, headers, reason, redirect
    case model, midStream, inPieces, brokenJSON, eventName, brokenHTTP, extra

    var modelName: String { "echo-\(rawValue)." }

    /// The way that the request asks for, if any.
    init?(_ request: ScriptedRequest) {
        let asked = Self.allCases.first {
            request.target.contains($0.modelName) || request.asks(forModel: $0.modelName)
        }
        guard let asked else { return nil }
        self = asked
    }

    func script(for key: MarkedKey, in dialect: Dialect) -> Script {
        let answer = AnswerScript(dialect)
        let secret = key.text
        switch self {
        case .error:
            return ScriptedError(
                401, type: "t-\(secret)", code: secret, message: "Incorrect API key provided: \(secret)."
            )
            .refusal(in: dialect)
        case .escaped: return Self.refusal(key.escaped, dialect)
        case .halfEscaped: return Self.refusal(key.halfEscaped, dialect)
        // What another upstream has said, as a string in what this one says.
        case .nested:
            return Self.refusal(
                #"{\"error\":\"\#(key.halfEscaped.replacing("\\", with: "\\\\"))\"}"#, dialect)
        // Cut where a body is cut, in the middle of the key.
        case .torn:
            let filler = String(repeating: "x", count: ProviderError.maxBodyBytes - 20)
            return .answer(status: 400, type: "text/plain", body: filler + secret)
        case .tornEscaped:
            let filler = String(repeating: "x", count: ProviderError.maxBodyBytes - 140)
            return .answer(status: 400, body: #"{"f":"\#(filler)","error":{"message":"\#(key.escaped)"}}"#)
        case .text: return .answer(status: 500, type: "text/plain", body: "Bearer \(secret) is not welcome")
        case .page: return Self.page(502, secret)
        case .page200: return Self.page(200, secret)
        case .headers:
            return ScriptedError(429, type: "t", message: "no").refusal(
                in: dialect,
                headers: ["Retry-After", "X-Request-Id", "WWW-Authenticate", "x-ratelimit-reset-tokens"].map {
                    (name: $0, value: secret)
                })
        case .reason:
            return [.text("HTTP/1.1 400 \(secret)\r\nContent-Type: text/\(secret)\r\nContent-Length: 0\r\n\r\n")]
        case .redirect:
            return .answer(status: 302, headers: [(name: "Location", value: "/\(secret)?key=\(secret)")], body: "")
        case .model:
            let named = AnswerScript(dialect, model: "m-\(secret)")
            guard dialect == .chatCompletions else { return named.whole(["hello"]) }
            return Script([
                .streamHead, named.delta("hello"), .finish(secret, model: secret), .done, .lastChunk,
            ])
        case .midStream: return answer.begun("hello") + [Self.said(secret).event(in: dialect), .lastChunk]
        case .inPieces:
            return (answer.begun("hello") + [Self.said(secret).event(in: dialect), .lastChunk]).inPieces(of: 3)
        case .brokenJSON:
            return answer.begun("hello") + [answer.event(#"{"\#(secret)":"\#(secret)" \#(secret)"#), .lastChunk]
        case .eventName: return answer.begun("hello") + [answer.event(#"{"e":1}"#, name: secret), .lastChunk]
        case .brokenHTTP: return [.text("\(secret) \(secret)\r\n\r\n"), .close]
        case .extra:
            return Script([answer.head] + answer.beginning + Self.extras(secret, answer))
                + Script(answer.ending(output: 1))
        }
    }

    private static func said(_ secret: String) -> ScriptedError {
        ScriptedError(401, type: "authentication_error", code: secret, message: "Incorrect API key provided: \(secret)")
    }

    private static func refusal(_ secret: String, _ dialect: Dialect) -> Script {
        ScriptedError(401, type: secret, code: secret, message: "Incorrect API key provided: \(secret).").refusal(
            in: dialect)
    }

    private static func page(_ status: Int, _ secret: String) -> Script {
        .answer(
            status: status, type: "text/html",
            body: "<html><head><title>\(secret)</title></head><body>\(secret)</body></html>")
    }

    /// What an upstream says beside its answer.
    private static func extras(_ secret: String, _ answer: AnswerScript) -> [Script.Step] {
        let note = #""x_proxy":{"authorization":"Bearer \#(secret)"}"#
        switch answer.dialect {
        case .chatCompletions:
            return [
                answer.event(
                    #"{"id":"c-1","choices":[{"index":0,"delta":{"content":"hi","annotations":["\#(secret)"]}}],\#(note)}"#
                )
            ]
        case .responses:
            return [
                answer.delta("hi"),
                answer.event(
                    #"{"type":"response.output_item.done","output_index":1,"item":{"type":"x_call",\#(note)}}"#,
                    name: "response.output_item.done"),
            ]
        case .anthropic:
            return [answer.delta("hi"), answer.event(#"{"type":"x_proxy",\#(note)}"#, name: "x_proxy")]
        case .gemini:
            return [
                answer.event(#"{"candidates":[{"content":{"parts":[{"text":"hi"}]},\#(note),"index":0}],\#(note)}"#)
            ]
        case .ollama:
            return [answer.event(#"{"message":{"role":"assistant","content":"hi",\#(note)},\#(note),"done":false}"#)]
        }
    }

    /// A list of models in the dialect's shape, whose names hold the key.
    static func modelList(_ secret: String, _ dialect: Dialect) -> Script {
        switch dialect {
        case .gemini, .ollama:
            .answer(
                body:
                    #"{"models":[{"name":"models/m-\#(secret)","displayName":"\#(secret)"},{"name":"plain"}]}"#)
        case .chatCompletions, .responses, .anthropic:
            .answer(
                body: #"{"data":[{"id":"m-\#(secret)","owned_by":"\#(secret)","display_name":"\#(secret)"},"#
                    + #"{"id":"plain"}]}"#)
        }
    }
}
