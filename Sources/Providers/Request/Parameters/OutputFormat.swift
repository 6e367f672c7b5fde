/// The form that an answer must have: `response_format`.
enum OutputFormat {
    case text
    /// Any JSON object.
    case json
    case schema(Schema)

    struct Schema {
        let name: JSONValue?
        let description: JSONValue?
        let schema: JSONValue
        let strict: JSONValue?
    }

    init(_ value: JSONValue) throws(RequestError) {
        switch value["type"]?.string {
        case "text": self = .text
        case "json_object": self = .json
        case "json_schema":
            guard let format = value["json_schema"], let schema = format["schema"] else {
                throw RequestError(parameter: "response_format.json_schema.schema", "is missing.")
            }
            self = .schema(
                Schema(
                    name: format["name"], description: format["description"], schema: schema, strict: format["strict"]))
        default:
            throw RequestError(parameter: "response_format.type", "must be text, json_object or json_schema.")
        }
    }
}
