/// How a request ended, as one tab saw it.
package struct RequestOutcome {
    package enum Terminal: Equatable {
        case ended
        case aborted
        /// With the code of its `error`.
        case failed(String)
    }

    package let session: String
    package let request: String
    package let terminal: Terminal
    /// The text of its answer.
    package let text: AnswerText
    /// It had ended before the tab joined: all of it comes from a snapshot.
    package let isHistory: Bool
}
