/// What a client asks for: one JSON object of an incoming message ("Client → server" in docs/protocol.md).
package enum Command {
    case hello(client: String?)
    case join(session: String, after: Position?)
    case leave(session: String)
    case chat(ChatCommand)
    case abort(session: String, request: String?)
    case models(upstream: String?, key: APIKey?)
    case keyCheck(upstream: String?, key: APIKey)
    case ping(t: [UInt8]?)

    /// The word under which errors name it.
    package var name: String {
        switch self {
        case .hello: "hello"
        case .join: "join"
        case .leave: "leave"
        case .chat: "chat"
        case .abort: "abort"
        case .models: "models"
        case .keyCheck: "key.check"
        case .ping: "ping"
        }
    }
}

/// Start a request. Raw JSON values are normalised copies: no white space between tokens, hence no newline.
package struct ChatCommand {
    /// Longest name of a model: it is repeated in frames, snapshots and log lines.
    package static let maxModelBytes = 512

    package enum Prompt {
        /// Replace the transcript (unless `store` is false).
        case messages([Message])
        /// One new user message: a JSON string or an array of content parts.
        case input([UInt8])

        package var replacesTranscript: Bool {
            switch self {
            case .messages: true
            case .input: false
            }
        }
    }

    package enum OrphanPolicy: String {
        case finish, abort
    }

    /// How much of the conversation may be sent.
    package struct Context: Equatable {
        /// Tokens; nil: what the model's window has room for.
        package var maxTokens: Int?
        /// Whether system messages stay, whatever else goes.
        package var keepsSystem = true

        package init(maxTokens: Int? = nil, keepsSystem: Bool = true) {
            self.maxTokens = maxTokens
            self.keepsSystem = keepsSystem
        }
    }

    package var session: String
    package var request: String
    package var prompt: Prompt
    package var model: String?
    package var upstream: String?
    /// A JSON object.
    package var params: [UInt8]?
    /// The client's own, for this request alone.
    package var key: APIKey?
    package var context: Context?
    package var orphan: OrphanPolicy
    package var replaces: String?
    package var store: Bool
    package var epoch: String?
    /// Equal for commands that ask for the same (all but `id` and `key`).
    package var fingerprint: UInt64

    package init(
        session: String, request: String, prompt: Prompt, model: String? = nil, upstream: String? = nil,
        params: [UInt8]? = nil, key: APIKey? = nil, context: Context? = nil,
        orphan: OrphanPolicy = .finish, replaces: String? = nil, store: Bool = true, epoch: String? = nil
    ) {
        self.session = session
        self.request = request
        self.prompt = prompt
        self.model = model
        self.upstream = upstream
        self.params = params
        self.key = key
        self.context = context
        self.orphan = orphan
        self.replaces = replaces
        self.store = store
        self.epoch = epoch
        var hash = Fingerprint()
        switch prompt {
        case .messages(let messages): for message in messages { hash.combine(message.json) }
        case .input(let input): hash.combine(input)
        }
        hash.combine(model)
        hash.combine(upstream)
        hash.combine(params)
        hash.combine(orphan.rawValue)
        hash.combine(replaces)
        hash.combine(store ? "store" : "")
        hash.combine(epoch)
        if let context { hash.combine("\(context.maxTokens ?? 0) \(context.keepsSystem)") }
        fingerprint = hash.value
    }
}

/// FNV-1a over length-framed fields: stable over restarts, and only ever compared within one session's ids.
package struct Fingerprint {
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    package init() {}

    package mutating func combine(_ text: String?) {
        guard let text else { return combine(byte: 0) }
        combine(byte: 1)
        for byte in text.utf8 { combine(byte: byte) }
        combine(byte: 0xFF)
    }

    package mutating func combine(_ bytes: [UInt8]?) {
        guard let bytes else { return combine(byte: 0) }
        combine(byte: 2)
        for byte in bytes { combine(byte: byte) }
        combine(byte: 0xFF)
    }

    private mutating func combine(byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
