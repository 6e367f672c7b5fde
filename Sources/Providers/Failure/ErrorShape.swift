import ByteCoding

/// The members that errors have, wherever a provider puts them: `{"error": {…}}`, `{"error": "…"}`, `{"detail": …}`,
/// `{"message": …}`, `[{"error": …}]`. What is found first at the innermost place counts.
struct ErrorShape {
    var type: String?
    var code: String?
    var message: String?
    var status: Int?
    /// Seconds with an `s` behind them, as protobuf's JSON writes a duration.
    var retryDelay: String?

    mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .object: try readObject(&reader)
        case .array:
            // Google wraps the object in an array; FastAPI's `detail` is an array of complaints.
            try reader.beginArray()
            while try reader.nextElement() { try read(&reader) }
        case .string:
            let text = try reader.readString()
            if message == nil, !text.isEmpty { message = text }
        case .number, .bool, .null: try reader.skipValue()
        }
    }

    private mutating func readObject(_ reader: inout JSONReader) throws(JSONError) {
        var error: JSONReader.Mark?
        var errorIsObject = false
        var text: JSONReader.Mark?
        var outer = ErrorShape()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "error") {
                errorIsObject = try reader.peek() == .object
                error = reader.mark
                try reader.skipValue()
            } else if reader.key(key, is: "message") || reader.key(key, is: "msg") || reader.key(key, is: "detail") {
                text = reader.mark
                try reader.skipValue()
            } else if reader.key(key, is: "type") || reader.key(key, is: "error_type") {
                outer.type = try reader.readText() ?? outer.type
            } else if reader.key(key, is: "code") {
                outer.code = try reader.readTextOrNumber()
            } else if reader.key(key, is: "status") || reader.key(key, is: "status_code") {
                try outer.readStatus(&reader)
            } else if reader.key(key, is: "details") {
                try outer.readDetails(&reader)
            } else {
                try reader.skipValue()
            }
        }
        // An error object says it best; an error that is a mere word says less than a message beside it.
        let end = reader.mark
        for place in errorIsObject ? [error, text] : [text, error] {
            guard let place else { continue }
            reader.go(to: place)
            try read(&reader)
        }
        reader.go(to: end)
        // An event has a type of its own, which says nothing.
        type = type ?? outer.type.flatMap { $0 == "error" || $0.hasPrefix("response.") ? nil : $0 }
        code = code ?? outer.code
        status = status ?? outer.status
        retryDelay = retryDelay ?? outer.retryDelay
    }

    /// A number, or a word of Google's, which is more of a type.
    private mutating func readStatus(_ reader: inout JSONReader) throws(JSONError) {
        if try reader.peek() == .number {
            status = try reader.readInt().flatMap { (400...599).contains($0) ? $0 : nil }
        } else if let word = try reader.readText(), type == nil {
            type = word
        }
    }

    private mutating func readDetails(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .array else { return try reader.skipValue() }
        try reader.beginArray()
        while try reader.nextElement() {
            guard try reader.peek() == .object else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.key(key, is: "retryDelay") {
                    retryDelay = try reader.readText()
                } else {
                    try reader.skipValue()
                }
            }
        }
    }
}
