import ByteCoding

/// A tool that a model may call: one of `tools`.
enum ToolDefinition {
    case function(Function)
    /// Chat completions' tool that takes free text: `name`, `description`, `format`.
    case custom(JSONValue)
    /// In the dialect's own words.
    case native(JSONValue)

    struct Function {
        let name: JSONValue
        let description: JSONValue?
        /// A JSON Schema.
        let parameters: JSONValue?
        let strict: JSONValue?
        /// Where Anthropic is to keep the prompt up to here.
        let cacheControl: JSONValue?
    }

    /// Reads the value of `tools`.
    static func list(_ value: JSONValue) throws(RequestError) -> [ToolDefinition] {
        guard let elements = value.elements else { throw RequestError(parameter: "tools", "must be an array.") }
        var tools: [ToolDefinition] = []
        for (index, tool) in elements.enumerated() {
            guard tool.kind == .object else {
                throw RequestError(parameter: "tools[\(index)]", "must be an object.")
            }
            tools.append(try read(tool, index))
        }
        return tools
    }

    private static func read(_ tool: JSONValue, _ index: Int) throws(RequestError) -> ToolDefinition {
        switch tool["type"]?.string {
        case "function":
            guard let function = tool["function"] else { return .native(tool) }
            guard let name = function["name"], name.kind == .string else {
                throw RequestError(parameter: "tools[\(index)].function.name", "must be a string.")
            }
            return .function(
                Function(
                    name: name, description: function["description"], parameters: function["parameters"],
                    strict: function["strict"], cacheControl: tool["cache_control"]))
        case "custom": return tool["custom"].map { .custom($0) } ?? .native(tool)
        default: return .native(tool)
        }
    }
}
