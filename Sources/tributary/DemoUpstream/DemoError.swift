/// A refusal in OpenAI's shape.
struct DemoError: Error, Equatable {
    var status: Int
    var message: String
    var type = "invalid_request_error"
    /// The request's member that is wrong.
    var param: String?
    var code: String?
    /// In seconds.
    var retryAfter: Int?

    var json: String {
        "{\"error\":{\"message\":\(JSONText.quoted(message)),\"type\":\(JSONText.quoted(type)),"
            + "\"param\":\(param.map(JSONText.quoted) ?? "null"),\"code\":\(code.map(JSONText.quoted) ?? "null")}}"
    }

    static func badRequest(_ message: String, param: String? = nil) -> DemoError {
        DemoError(status: 400, message: message, param: param)
    }
}
