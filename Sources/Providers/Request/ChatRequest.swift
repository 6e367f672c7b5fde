package import ByteCoding

/// The body of a chat-completions request, always streamed.
package struct ChatRequest {
    package var model: String?
    /// A JSON array.
    package var messages: [UInt8]
    /// A JSON object whose members are sent along, as `checkParameters` allows them.
    package var params: [UInt8]?
    /// Ask for token counts at the end of the stream.
    package var includeUsage: Bool

    package init(model: String?, messages: [UInt8], params: [UInt8]? = nil, includeUsage: Bool = true) {
        self.model = model
        self.messages = messages
        self.params = params
        self.includeUsage = includeUsage
    }

    package func encode() -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(messages.count + (params?.count ?? 0) + 128)
        body.append(UInt8(ascii: "{"))
        if let model {
            body.append(literal: "\"model\":")
            body.append(jsonString: model)
            body.append(UInt8(ascii: ","))
        }
        body.append(literal: "\"messages\":")
        body.append(span: messages.span)
        if let members = params.map(Self.members), !members.isEmpty {
            body.append(UInt8(ascii: ","))
            body.append(contentsOf: members)
        }
        body.append(literal: ",\"stream\":true")
        if includeUsage { body.append(literal: ",\"stream_options\":{\"include_usage\":true}") }
        body.append(UInt8(ascii: "}"))
        return body
    }

    /// What is between the braces of an object, without white space at either end.
    private static func members(of object: [UInt8]) -> ArraySlice<UInt8> {
        func isText(_ byte: UInt8) -> Bool { byte > 0x20 }
        guard let open = object.firstIndex(of: UInt8(ascii: "{")), let close = object.lastIndex(of: UInt8(ascii: "}")),
            let first = object[(open + 1)..<close].firstIndex(where: isText),
            let last = object[(open + 1)..<close].lastIndex(where: isText)
        else { return [] }
        return object[first...last]
    }

    /// Checks sampling parameters before they are taken over: one JSON object, without the members that are ours.
    package static func checkParameters(_ params: Span<UInt8>) throws(ParameterError) {
        var reserved: String?
        do throws(JSONError) {
            var reader = JSONReader(params)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                reserved = reserved ?? reservedName(key, reader)
                try reader.skipValue()
            }
            try reader.finish()
        } catch {
            throw .notAnObject(error)
        }
        if let reserved { throw .reserved(reserved) }
    }

    private static func reservedName(_ key: Range<Int>, _ reader: borrowing JSONReader) -> String? {
        if reader.key(key, is: "stream") { return "stream" }
        if reader.key(key, is: "stream_options") { return "stream_options" }
        if reader.key(key, is: "messages") { return "messages" }
        if reader.key(key, is: "model") { return "model" }
        return nil
    }
}

/// Why sampling parameters are not accepted.
package enum ParameterError: Error, Equatable, CustomStringConvertible {
    case notAnObject(JSONError)
    /// The member of that name is set by us.
    case reserved(String)

    package var description: String {
        switch self {
        case .notAnObject(let error): "`params` must be a JSON object: \(error)"
        case .reserved(let name): "`params` must not have the member `\(name)`."
        }
    }
}
