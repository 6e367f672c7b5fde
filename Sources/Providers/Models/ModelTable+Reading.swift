package import ByteCoding

extension ModelTable {
    /// Reads the data file: `{"updated": …, "models": [{"names": […], …}]}`. A member that it does not know is an error: it
    /// is ours, and a slip in it should not go unseen.
    package init(json: Span<UInt8>) throws(JSONError) {
        var reader = JSONReader(json)
        var updated: String?
        var entries: [KnownModel] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "updated") {
                updated = try reader.readString()
            } else if reader.key(key, is: "models") {
                try reader.beginArray()
                while try reader.nextElement() { entries += try reader.readKnownModels() }
            } else {
                throw JSONError(offset: key.lowerBound, reason: .expected(.object))
            }
        }
        try reader.finish()
        self.init(updated: updated, entries)
    }
}

extension JSONReader {
    /// One entry for each of the names.
    fileprivate mutating func readKnownModels() throws(JSONError) -> [KnownModel] {
        var names: [String] = []
        var entry = KnownModel(pattern: "")
        try beginObject()
        while let key = try nextKey() {
            if self.key(key, is: "names") {
                names = try readStrings()
            } else if self.key(key, is: "context_tokens") {
                entry.contextTokens = try readInt()
            } else if self.key(key, is: "max_output_tokens") {
                entry.maxOutputTokens = try readInt()
            } else if self.key(key, is: "input") {
                entry.inputModalities = try readStrings()
            } else if self.key(key, is: "output") {
                entry.outputModalities = try readStrings()
            } else if self.key(key, is: "tokens") {
                entry.measure = try readMeasure()
            } else if self.key(key, is: "adaptive_thinking") {
                entry.adaptiveThinking = try readEfforts()
            } else if self.key(key, is: "prices") {
                entry.prices = try readPrices()
            } else {
                throw JSONError(offset: key.lowerBound, reason: .expected(.object))
            }
        }
        return names.map { name in
            var named = entry
            named.pattern = name
            return named
        }
    }

    private mutating func readStrings() throws(JSONError) -> [String] {
        var texts: [String] = []
        try beginArray()
        while try nextElement() { texts.append(try readString()) }
        return texts
    }

    private mutating func readEfforts() throws(JSONError) -> [ReasoningEffort] {
        var efforts: [ReasoningEffort] = []
        try beginArray()
        while try nextElement() {
            let start = position
            guard let effort = ReasoningEffort(rawValue: try readString()), effort != .none else {
                throw JSONError(offset: start, reason: .expected(.string))
            }
            efforts.append(effort)
        }
        return efforts
    }

    private mutating func readMeasure() throws(JSONError) -> KnownModel.Measure? {
        guard try peek() == .string else { return try readDouble().map { .bytesPerToken($0) } }
        let start = position
        let name = try readString()
        guard let measure = KnownModel.Measure(vocabulary: name) else {
            throw JSONError(offset: start, reason: .expected(.number))
        }
        return measure
    }

    /// `[["openai", "2.50", "10.00"], …]`
    private mutating func readPrices() throws(JSONError) -> [String: KnownModel.Price] {
        var prices: [String: KnownModel.Price] = [:]
        try beginArray()
        while try nextElement() {
            let start = position
            let texts = try readStrings()
            guard texts.count == 3 else { throw JSONError(offset: start, reason: .expected(.array)) }
            prices[texts[0]] = KnownModel.Price(input: texts[1], output: texts[2])
        }
        return prices
    }
}

extension KnownModel.Measure {
    /// `o200k`, `cl100k`, or a multiple: `o200k*1.05`.
    package init?(vocabulary name: String) {
        switch name {
        case "o200k": self = .o200k
        case "cl100k": self = .cl100k
        default:
            let parts = name.split(separator: "*", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == "o200k", let factor = Double(parts[1]), (0.1...10).contains(factor)
            else { return nil }
            self = .likeO200k(factor)
        }
    }
}
