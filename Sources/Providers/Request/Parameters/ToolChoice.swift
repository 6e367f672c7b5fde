import ByteCoding

/// Which tool a model has to call: `tool_choice`.
enum ToolChoice {
    /// As the model likes.
    case auto
    case never
    /// One of them, whichever.
    case required
    /// This one.
    case function(JSONValue)
    /// One of these, or none of them unless it `isRequired`.
    case among([JSONValue], isRequired: Bool)
    /// In the dialect's own words.
    case native(JSONValue)

    init(_ value: JSONValue) throws(RequestError) {
        switch value.string ?? value["type"]?.string {
        case "auto" where value.kind == .string: self = .auto
        case "none" where value.kind == .string: self = .never
        case "required" where value.kind == .string: self = .required
        case "function":
            guard let name = value["function"]?["name"] ?? value["name"], name.kind == .string else {
                throw RequestError(parameter: "tool_choice.function.name", "must be a string.")
            }
            self = .function(name)
        case "allowed_tools":
            let allowed = value["allowed_tools"] ?? value
            guard let tools = allowed["tools"]?.elements else {
                throw RequestError(parameter: "tool_choice.allowed_tools.tools", "must be an array.")
            }
            let names = tools.compactMap { $0["function"]?["name"] ?? $0["name"] }
            self = .among(names, isRequired: allowed["mode"]?.string == "required")
        default:
            guard value.kind == .object else {
                throw RequestError(parameter: "tool_choice", "must be auto, none, required or an object.")
            }
            self = .native(value)
        }
    }
}
