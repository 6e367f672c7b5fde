/// Why a command starts nothing. The message is for the person who wrote the client.
package struct CommandError: Error, Equatable {
    package var code: ErrorCode
    package var message: String
    /// The member that is wrong, with its path (`params.logit_bias`), where one is.
    package var field: String?

    package init(_ code: ErrorCode, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }
}
