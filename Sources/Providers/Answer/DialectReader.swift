import ByteCoding

/// Understands the JSON texts of one dialect. A pure value: what it keeps is only what later texts have to be understood by.
protocol DialectReader {
    /// Reads one JSON text, to its end: the data of an event, a line, or a whole answer. Its deltas are appended to the batch,
    /// also those of one that reports an error besides. After an error neither reader nor draft is of further use.
    mutating func read(
        _ json: inout JSONReader, into answer: inout AnswerDraft, _ batch: inout DeltaBatch
    ) throws(JSONError) -> ReadOutcome
}

/// What a JSON text means for the answer as a whole.
enum ReadOutcome {
    /// It goes on.
    case goesOn
    /// It is complete, the dialect says; what may follow is of no interest.
    case isDone
    /// The provider reports an error: at this range of the text, or all of it is about that.
    case reportsError(Range<Int>?)
}

extension Dialect {
    /// A reader for a new answer.
    var reader: any DialectReader {
        switch self {
        case .chatCompletions: ChatReader()
        case .anthropic: AnthropicReader()
        case .responses: ResponsesReader()
        case .gemini: GeminiReader()
        case .ollama: OllamaReader()
        }
    }
}
