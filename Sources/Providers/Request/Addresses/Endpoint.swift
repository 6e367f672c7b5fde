/// How a provider makes URLs of models and calls.
package enum Addressing: Equatable, Sendable {
    /// The dialect's own way.
    case plain
    /// Azure OpenAI's. With a version that is a date (`2024-10-21`) a model is a deployment in the path; without one, or with one
    /// that is a word (`preview`), it is addressed as OpenAI is, under `/openai/v1`.
    case azure(apiVersion: String?)
}

/// Where a provider is: the URLs made from its base URL (`https://api.openai.com/v1`).
package struct Endpoint: Equatable, Sendable {
    package let dialect: Dialect
    package let addressing: Addressing
    package let modelsURL: String
    /// Where a key can be asked about; nil where the provider has no place for that.
    package let keyCheckURL: String?
    private let chat: ChatAddress

    private enum ChatAddress: Equatable {
        case fixed(String)
        /// The model's name stands between the two.
        case byModel(before: String, after: String)
    }

    /// Nil unless `baseURL` is an absolute http or https URL (RFC 3986) of printable ASCII without user part and fragment.
    ///
    /// Slashes at the end are dropped, and so is a call's path that was copied along (`/chat/completions`, `/messages` …). A
    /// query stays. Where Anthropic's or Google's base URL names no version, theirs is added.
    /// - Parameter keyCheckPath: the path behind the base URL at which a `GET` tells whether a key is valid, such as `/key`.
    package init?(
        baseURL: String, dialect: Dialect = .chatCompletions, addressing: Addressing = .plain,
        keyCheckPath: String? = nil
    ) {
        guard var base = BaseURL(baseURL) else { return nil }
        self.dialect = dialect
        self.addressing = addressing
        switch (addressing, dialect) {
        case (.azure(let apiVersion), .chatCompletions), (.azure(let apiVersion), .responses):
            (chat, modelsURL) = Self.azure(&base, dialect, apiVersion)
        case (.azure, _):
            return nil
        case (.plain, .chatCompletions):
            base.drop(ending: "/chat/completions")
            chat = .fixed("\(base.path)/chat/completions\(base.query())")
            modelsURL = "\(base.path)/models\(base.query())"
        case (.plain, .responses):
            base.drop(ending: "/responses")
            chat = .fixed("\(base.path)/responses\(base.query())")
            modelsURL = "\(base.path)/models\(base.query())"
        case (.plain, .anthropic):
            base.drop(ending: "/messages")
            base.complete(version: "/v1")
            chat = .fixed("\(base.path)/messages\(base.query())")
            // The longest page; without it there are twenty.
            modelsURL = "\(base.path)/models\(base.query("limit=1000"))"
        case (.plain, .gemini):
            _ = base.drop(from: "/models")
            _ = base.take(parameter: "alt")
            base.complete(version: "/v1beta")
            chat = .byModel(before: "\(base.path)/", after: ":streamGenerateContent\(base.query("alt=sse"))")
            // The longest page; without it there are fifty.
            modelsURL = "\(base.path)/models\(base.query("pageSize=1000"))"
        case (.plain, .ollama):
            if !base.drop(ending: "/v1") {
                base.drop(ending: "/chat")
                base.drop(ending: "/api")
            }
            chat = .fixed("\(base.path)/api/chat\(base.query())")
            modelsURL = "\(base.path)/api/tags\(base.query())"
        }
        keyCheckURL = keyCheckPath.map { "\(base.path)\($0)\(base.query())" }
    }

    private static func azure(
        _ base: inout BaseURL, _ dialect: Dialect, _ apiVersion: String?
    ) -> (ChatAddress, modelsURL: String) {
        let call = dialect == .responses ? "responses" : "chat/completions"
        base.drop(ending: "/\(call)")
        let deployment = base.drop(from: "/openai/deployments/")
        if deployment == nil {
            base.drop(ending: "/v1")
            base.drop(ending: "/openai")
        }
        let inQuery = base.take(parameter: "api-version")
        let version = apiVersion ?? inQuery
        let query = version.map { base.query("api-version=\($0)") } ?? base.query()
        guard version?.first?.isNumber == true else {
            let root = "\(base.path)/openai/v1"
            return (.fixed("\(root)/\(call)\(query)"), "\(root)/models\(query)")
        }
        let root = "\(base.path)/openai"
        let models = "\(root)/models\(query)"
        // Responses have the model in the body in any version.
        if dialect == .responses { return (.fixed("\(root)/\(call)\(query)"), models) }
        if let deployment { return (.fixed("\(root)/deployments/\(deployment)/\(call)\(query)"), models) }
        return (.byModel(before: "\(root)/deployments/", after: "/\(call)\(query)"), models)
    }

    /// Where a chat is sent. Nil where the model's name belongs into the URL and there is none, or one that cannot stand there.
    package func chatURL(model: String?) -> String? {
        switch chat {
        case .fixed(let url): return url
        case .byModel(let before, let after):
            // Two dots would lead out of the folder, however they are written.
            guard let model, !model.isEmpty, model != ".", model != ".." else { return nil }
            guard dialect == .gemini else { return before + Self.percentEncoded(model) + after }
            for folder in ["models/", "tunedModels/"] where model.hasPrefix(folder) {
                return before + folder + Self.percentEncoded(String(model.dropFirst(folder.count))) + after
            }
            return "\(before)models/\(Self.percentEncoded(model))\(after)"
        }
    }

    /// A name as one segment of a path: all but unreserved characters (RFC 3986 section 2.3) in percent-encoding.
    private static func percentEncoded(_ name: String) -> String {
        var encoded = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count < 2 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    /// Where the key goes: Azure has a header of its own.
    package var keyPlacement: KeyPlacement {
        if case .azure = addressing { return .header("api-key") }
        return dialect.keyPlacement
    }

    /// What every call of a chat is sent with, beside the key and what the configuration adds.
    package var chatHeaders: [(name: String, value: String)] {
        let stream = dialect == .ollama ? "application/x-ndjson" : "text/event-stream"
        return [("Content-Type", "application/json"), ("Accept", stream)] + headers
    }

    /// What any call is sent with.
    package var headers: [(name: String, value: String)] {
        dialect == .anthropic ? [("anthropic-version", "2023-06-01")] : []
    }
}
