import ByteCoding

/// A part of a message's content.
struct PromptPart {
    enum Kind {
        case text(ArraySlice<UInt8>)
        /// What the assistant said instead of an answer.
        case refusal(ArraySlice<UInt8>)
        case image(PromptImage)
        /// Base64, and a format's name (`wav`).
        case audio(data: ArraySlice<UInt8>, format: String)
        case file(PromptFile)
    }

    let messageIndex: Int
    /// Nil where the content is a string.
    let index: Int?
    let kind: Kind
    /// Where Anthropic is to keep the prompt up to here.
    let cacheControl: JSONValue?

    /// The text; nil for other kinds.
    var text: ArraySlice<UInt8>? {
        if case .text(let text) = kind { return text }
        return nil
    }

    /// What was said in words, whatever it was.
    var words: ArraySlice<UInt8>? {
        switch kind {
        case .text(let text), .refusal(let text): text
        case .image, .audio, .file: nil
        }
    }

    /// Where it stands: `messages[2].content[1].image_url`.
    var place: String {
        let content = index.map { "messages[\(messageIndex)].content[\($0)]" } ?? "messages[\(messageIndex)].content"
        return switch kind {
        case .text: content
        case .refusal: content
        case .image: "\(content).image_url"
        case .audio: "\(content).input_audio"
        case .file: "\(content).file"
        }
    }
}

/// A picture.
struct PromptImage {
    /// A data URL or a link, still escaped.
    let url: ArraySlice<UInt8>
    let detail: JSONValue?
}

/// A document.
struct PromptFile {
    /// A data URL, still escaped.
    let data: ArraySlice<UInt8>?
    /// Of one that was given to the provider before.
    let id: JSONValue?
    let name: JSONValue?
}

/// `data:image/png;base64,…` (RFC 2397), as the escaped content of a JSON string.
struct DataURL {
    /// The longest that is looked for before the comma.
    private static let maxHead = 256

    /// In lower case, without parameters.
    let mediaType: String
    /// Still escaped: base64's slashes may be.
    let base64: ArraySlice<UInt8>

    /// Nil for a link, and for data that is not in base64 or does not say what it is.
    init?(_ content: ArraySlice<UInt8>) {
        guard let comma = content.prefix(Self.maxHead).firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let head = String(decoding: content[..<comma].filter { $0 != UInt8(ascii: "\\") }, as: UTF8.self).lowercased()
        guard head.hasPrefix("data:"), head.hasSuffix(";base64") else { return nil }
        mediaType = String(head.dropFirst("data:".count).prefix { $0 != ";" })
        base64 = content[(comma + 1)...]
        if mediaType.isEmpty { return nil }
    }

    /// Whether a URL carries its data, however.
    static func isOne(_ content: ArraySlice<UInt8>) -> Bool {
        String(decoding: content.prefix(5), as: UTF8.self).lowercased() == "data:"
    }
}

extension ArraySlice<UInt8> {
    /// Whether the escaped content of a JSON string is nothing but white space.
    var isBlankText: Bool {
        var isEscape = false
        for byte in self {
            switch byte {
            case UInt8(ascii: "\\") where !isEscape: isEscape = true
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                guard isEscape else { return false }
                isEscape = false
            case 0x20 where !isEscape: break
            default: return false
            }
        }
        return true
    }
}
