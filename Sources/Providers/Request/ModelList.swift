package import ByteCoding

/// A model that a provider offers.
package struct ListedModel: Equatable, Sendable {
    package var id: String
    /// Unix seconds.
    package var created: Int?
    package var ownedBy: String?

    package init(id: String, created: Int? = nil, ownedBy: String? = nil) {
        self.id = id
        self.created = created
        self.ownedBy = ownedBy
    }
}

/// Reads the answer of `GET /models`: `{"data": […]}`, or a bare array (Together), or `{"models": […]}` (older llama.cpp
/// and Ollama, which call the id `name` or `model`). Entries without an id are left out; no list is an error.
package func decodeModelList(_ body: Span<UInt8>) throws(JSONError) -> [ListedModel] {
    var reader = JSONReader(body)
    var models: [ListedModel]?
    if try reader.peek() == .array {
        models = try readModels(&reader)
    } else {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "data") {
                models = try readModels(&reader)
            } else if models == nil, reader.key(key, is: "models") {
                models = try readModels(&reader)
            } else {
                try reader.skipValue()
            }
        }
    }
    try reader.finish()
    guard let models else { throw JSONError(offset: reader.position, reason: .expected(.array)) }
    return models
}

private func readModels(_ reader: inout JSONReader) throws(JSONError) -> [ListedModel]? {
    guard try reader.peek() == .array else {
        try reader.skipValue()
        return nil
    }
    var models: [ListedModel] = []
    try reader.beginArray()
    while try reader.nextElement() {
        if let model = try readModel(&reader) { models.append(model) }
    }
    return models
}

private func readModel(_ reader: inout JSONReader) throws(JSONError) -> ListedModel? {
    guard try reader.peek() == .object else {
        try reader.skipValue()
        return nil
    }
    var id: String?
    var name: String?
    var created: Int?
    var ownedBy: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
        if reader.key(key, is: "id") {
            id = try reader.readText()
        } else if reader.key(key, is: "name") || reader.key(key, is: "model") {
            name = try reader.readText() ?? name
        } else if reader.key(key, is: "created") {
            created = try reader.readInt()
        } else if reader.key(key, is: "owned_by") {
            ownedBy = try reader.readText()
        } else {
            try reader.skipValue()
        }
    }
    guard let id = id ?? name else { return nil }
    return ListedModel(id: id, created: created, ownedBy: ownedBy)
}
