package import ByteCoding

/// A model that a provider offers.
package struct ListedModel: Equatable, Sendable {
    package var id: String
    /// Unix seconds.
    package var created: Int?
    package var ownedBy: String?
    /// A name for people.
    package var displayName: String?
    /// Tokens of prompt and answer together (Google: of the prompt).
    package var contextTokens: Int?
    /// The longest answer, in tokens.
    package var maxOutputTokens: Int?

    package init(
        id: String, created: Int? = nil, ownedBy: String? = nil, displayName: String? = nil, contextTokens: Int? = nil,
        maxOutputTokens: Int? = nil
    ) {
        self.id = id
        self.created = created
        self.ownedBy = ownedBy
        self.displayName = displayName
        self.contextTokens = contextTokens
        self.maxOutputTokens = maxOutputTokens
    }
}

/// Reads a provider's list of models: `{"data": […]}` (OpenAI, Anthropic), a bare array (Together), or `{"models": […]}` (Google,
/// Ollama, older llama.cpp). Entries without an id are left out, and so are those of Google that do not chat; no list is an error.
package func decodeModelList(
    _ body: Span<UInt8>, dialect: Dialect = .chatCompletions
) throws(JSONError) -> [ListedModel] {
    var reader = JSONReader(body)
    var models: [ListedModel]?
    if try reader.peek() == .array {
        models = try readModels(&reader, dialect)
    } else {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "data") {
                models = try readModels(&reader, dialect)
            } else if models == nil, reader.key(key, is: "models") {
                models = try readModels(&reader, dialect)
            } else {
                try reader.skipValue()
            }
        }
    }
    try reader.finish()
    guard let models else { throw JSONError(offset: reader.position, reason: .expected(.array)) }
    return models
}

private func readModels(_ reader: inout JSONReader, _ dialect: Dialect) throws(JSONError) -> [ListedModel]? {
    guard try reader.peek() == .array else {
        try reader.skipValue()
        return nil
    }
    var models: [ListedModel] = []
    try reader.beginArray()
    while try reader.nextElement() {
        var entry = ModelEntry()
        if try reader.peek() == .object { try entry.read(&reader) } else { try reader.skipValue() }
        if let model = entry.model(in: dialect) { models.append(model) }
    }
    return models
}

/// One entry, in whatever words its provider has.
private struct ModelEntry {
    var id: String?
    var name: String?
    var found = ListedModel(id: "")
    /// Google's list has models that embed, paint or speak.
    var chats = true

    mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "id") {
                id = try reader.readText()
            } else if reader.key(key, is: "name") || reader.key(key, is: "model") {
                name = try reader.readText() ?? name
            } else if reader.key(key, is: "created") {
                found.created = try reader.readInt()
            } else if reader.key(key, is: "created_at") {
                found.created = try reader.readText().flatMap(Timestamp.seconds(rfc3339:))
            } else if reader.key(key, is: "owned_by") {
                found.ownedBy = try reader.readText()
            } else if reader.key(key, is: "display_name") || reader.key(key, is: "displayName") {
                found.displayName = try reader.readText()
            } else if reader.key(key, is: "supportedGenerationMethods") {
                chats = try readMethods(&reader)
            } else if isContext(key, reader) {
                found.contextTokens = try reader.readInt() ?? found.contextTokens
            } else if isLength(key, reader) {
                found.maxOutputTokens = try reader.readInt() ?? found.maxOutputTokens
            } else {
                try reader.skipValue()
            }
        }
    }

    /// OpenRouter and Together, Groq, Mistral, vLLM, Google, Anthropic.
    private func isContext(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "context_length") || reader.key(key, is: "context_window")
            || reader.key(key, is: "max_context_length") || reader.key(key, is: "max_model_len")
            || reader.key(key, is: "inputTokenLimit") || reader.key(key, is: "max_input_tokens")
    }

    /// Groq, Google, Anthropic.
    private func isLength(_ key: Range<Int>, _ reader: borrowing JSONReader) -> Bool {
        reader.key(key, is: "max_completion_tokens") || reader.key(key, is: "outputTokenLimit")
            || reader.key(key, is: "max_tokens")
    }

    private func readMethods(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        guard try reader.peek() == .array else {
            try reader.skipValue()
            return true
        }
        var chats = false
        try reader.beginArray()
        while try reader.nextElement() {
            if try reader.readText() == "generateContent" { chats = true }
        }
        return chats
    }

    func model(in dialect: Dialect) -> ListedModel? {
        guard chats, var id = id ?? name else { return nil }
        if dialect == .gemini, id.hasPrefix("models/") { id.removeFirst("models/".count) }
        guard !id.isEmpty else { return nil }
        var model = found
        model.id = id
        return model
    }
}
