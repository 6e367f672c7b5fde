/// One HTTP request to a provider, without its key.
package struct EncodedRequest {
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// What was left out: names of parameters, or places such as `messages[3].content[1]`. Only where the upstream is lenient, but
    /// for `reasoning_effort` where Anthropic would refuse to think.
    package var dropped: [String]

    package init(url: String, headers: [(name: String, value: String)], body: [UInt8], dropped: [String] = []) {
        self.url = url
        self.headers = headers
        self.body = body
        self.dropped = dropped
    }
}

/// Why a request cannot be put into a dialect's words.
package struct RequestError: Error, Equatable {
    /// Where the trouble is: `params.logit_bias`, `messages[2].content[0]`.
    package var field: String
    /// A sentence that a person can act on; it names the field.
    package var message: String

    package init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}
