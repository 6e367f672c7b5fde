import Providers

/// What `tributary models` prints.
struct ModelReport {
    var entries: [KnownModel]

    var text: String {
        var table = TextTable(header: [
            "MODEL", "WINDOW", "LONGEST ANSWER", "READS", "WRITES", "TOKENS", "THINKS",
            "$ PER MILLION, IN/OUT",
        ])
        for entry in entries {
            table.rows.append([
                entry.pattern, Self.count(entry.contextTokens), Self.count(entry.maxOutputTokens),
                entry.inputModalities.joined(separator: " "), entry.outputModalities.joined(separator: " "),
                Self.measure(entry.measure), Self.efforts(entry.adaptiveThinking), Self.prices(entry.prices),
            ])
        }
        return table.text
    }

    /// `128,000`
    private static func count(_ number: Int?) -> String {
        guard let number else { return "" }
        var text = ""
        for (index, digit) in "\(number)".reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text = "," + text }
            text = "\(digit)" + text
        }
        return text
    }

    private static func measure(_ measure: KnownModel.Measure?) -> String {
        switch measure {
        case .o200k: "o200k"
        case .cl100k: "cl100k"
        case .likeO200k(let factor): "\(factor) × o200k"
        case .bytesPerToken(let bytes): "\(bytes) bytes each"
        case nil: ""
        }
    }

    private static func efforts(_ efforts: [ReasoningEffort]?) -> String {
        (efforts ?? []).map(\.rawValue).joined(separator: " ")
    }

    private static func prices(_ prices: [String: KnownModel.Price]) -> String {
        prices.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.input)/\($0.value.output)" }.joined(
            separator: ", ")
    }
}
