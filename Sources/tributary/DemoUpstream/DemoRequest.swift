import Foundation

/// A chat-completions request, as far as the demo upstream understands it, and checked.
struct DemoRequest {
    var model: DemoModel
    var messages: [Message]
    var isStreamed: Bool
    var includesUsage: Bool
    /// Nothing from the first of these on is sent.
    var stop: [String]
    var maxTokens: Int?
    /// How many choices.
    var n: Int
    var tools: [Function]

    /// The newest thing the user said.
    var question: String { messages.last { $0.role == "user" }?.content?.text ?? "" }
    /// The newest message's text, if that is a tool's result.
    var toolResult: String? {
        guard let last = messages.last, last.role == "tool" else { return nil }
        return last.content?.text ?? ""
    }

    init(json: Data) throws(DemoError) {
        let body: Body
        do {
            body = try JSONDecoder().decode(Body.self, from: json)
        } catch {
            throw Self.explain(error)
        }
        guard let name = body.model, !name.isEmpty else {
            throw .badRequest("you must provide a model parameter", param: "model")
        }
        guard let model = DemoModel(rawValue: name) else {
            throw DemoError(
                status: 404, message: "The model `\(name)` does not exist; this demo has: \(Self.modelNames).",
                param: "model", code: "model_not_found")
        }
        guard let messages = body.messages, !messages.isEmpty else {
            throw .badRequest("'messages' must be an array with at least one message.", param: "messages")
        }
        self.model = model
        self.messages = messages
        isStreamed = body.stream ?? false
        includesUsage = body.streamOptions?.includeUsage ?? false
        stop = (body.stop?.all ?? []).filter { !$0.isEmpty }
        guard stop.count <= 4 else { throw .badRequest("'stop' takes at most 4 sequences.", param: "stop") }
        maxTokens = body.maxCompletionTokens ?? body.maxTokens
        if let maxTokens, maxTokens < 1 { throw .badRequest("'max_tokens' must be at least 1.", param: "max_tokens") }
        n = body.n ?? 1
        guard (1...16).contains(n) else { throw .badRequest("'n' must be from 1 to 16.", param: "n") }
        tools = (body.tools ?? []).compactMap(\.function)
    }

    static let modelNames = DemoModel.allCases.map(\.rawValue).joined(separator: ", ")

    private static func explain(_ error: any Error) -> DemoError {
        guard let error = error as? DecodingError else { return .badRequest("The body could not be read.") }
        switch error {
        case .keyNotFound(let key, let context):
            let path = path(context.codingPath + [key])
            return .badRequest("Missing required parameter: '\(path)'.", param: path)
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let path = path(context.codingPath)
            return .badRequest("Invalid type for '\(path)'.", param: path)
        default: return .badRequest("We could not parse the JSON body of your request.")
        }
    }

    /// `messages[0].role`.
    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}

extension DemoRequest {
    struct Message: Decodable {
        var role: String
        var content: Content?
    }

    /// A string, or parts of which the text ones count.
    struct Content: Decodable {
        var text: String

        private struct Part: Decodable { var text: String? }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let string = try? container.decode(String.self) {
                text = string
            } else {
                text = try container.decode([Part].self).compactMap(\.text).joined(separator: "\n")
            }
        }
    }

    struct Function: Decodable {
        var name: String
        var parameters: Schema?
    }

    /// As much of JSON Schema as it takes to invent arguments.
    struct Schema: Decodable {
        var type: String?
        var properties: [String: Schema]?

        private enum Key: String, CodingKey { case type, properties }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            // `type` may be a list, and members may be true or false: what is not understood counts as absent.
            type = try? container.decode(String.self, forKey: .type)
            properties = try? container.decode([String: Schema].self, forKey: .properties)
        }
    }

    private struct Tool: Decodable { var function: Function? }
    private struct StreamOptions: Decodable {
        var includeUsage: Bool?
        private enum CodingKeys: String, CodingKey { case includeUsage = "include_usage" }
    }

    /// One string or several.
    private struct Stop: Decodable {
        var all: [String]
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(String.self) {
                all = [one]
            } else {
                all = try container.decode([String].self)
            }
        }
    }

    private struct Body: Decodable {
        var model: String?
        var messages: [Message]?
        var stream: Bool?
        var streamOptions: StreamOptions?
        var stop: Stop?
        var maxTokens: Int?
        var maxCompletionTokens: Int?
        var n: Int?
        var tools: [Tool]?

        private enum CodingKeys: String, CodingKey {
            case model, messages, stream, stop, n, tools
            case streamOptions = "stream_options"
            case maxTokens = "max_tokens"
            case maxCompletionTokens = "max_completion_tokens"
        }
    }
}
