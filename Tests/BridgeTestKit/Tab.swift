/// A browser tab with a careful client in it: every message it reads is checked by a `TabModel` for each session.
package final class Tab {
    package let connection: FakeConnection
    private let core: CoreFixture
    /// By session id.
    package private(set) var models: [String: TabModel] = [:]
    /// Every frame read, in order.
    package private(set) var frames: [Frame] = []

    package init(_ core: CoreFixture, sessions: [String] = [], room: Int? = nil) {
        self.core = core
        for session in sessions { models[session] = TabModel(session: session) }
        connection = core.connect(sessions: sessions, room: room)
    }

    package subscript(_ session: String) -> TabModel { models[session] ?? TabModel(session: session) }

    /// What it knows of a request.
    package func request(_ id: String, in session: String = "s") -> TabModel.Request {
        self[session].requests[id] ?? .init()
    }

    /// Reads what has come and returns the new frames. Throws where a message breaks a rule.
    @discardableResult
    package func read() throws -> [Frame] {
        var new: [Frame] = []
        for message in connection.takeMessages() {
            for session in models.keys { try models[session]?.take(message) }
            let frames = try Frame.frames(of: message)
            guard message.utf8.count <= 64 * 1024 || frames.count == 1 else {
                throw ViolationError("\(frames.count) frames in a message of \(message.utf8.count) bytes")
            }
            new += frames
        }
        frames += new
        return new
    }

    /// Sends one command and returns what comes of it at once.
    @discardableResult
    package func send(_ command: String) throws -> [Frame] {
        core.send(command, from: connection)
        return try read()
    }

    @discardableResult
    package func join(_ session: String = "s", after position: String? = nil) throws -> [Frame] {
        if models[session] == nil { models[session] = TabModel(session: session) }
        let after = position.map { ",\"after\":\($0)" } ?? ""
        return try send(#"{"type":"join","session":"\#(session)"\#(after)}"#)
    }

    @discardableResult
    package func chat(_ request: String, _ input: String = "hello", in session: String = "s", _ more: String = "")
        throws
        -> [Frame]
    {
        let more = more.isEmpty ? "" : ",\(more)"
        return try send(#"{"type":"chat","session":"\#(session)","request":"\#(request)","input":"\#(input)"\#(more)}"#)
    }

    @discardableResult
    package func abort(_ request: String? = nil, in session: String = "s") throws -> [Frame] {
        let one = request.map { #","request":"\#($0)""# } ?? ""
        return try send(#"{"type":"abort","session":"\#(session)"\#(one)}"#)
    }

    /// The connection breaks.
    package func disconnect() {
        for session in models.keys { models[session]?.disconnect() }
        core.disconnect(connection)
    }

    /// A new connection that knows what this one knew, or what it knew earlier: a reload that kept its position.
    package func reconnected(room: Int? = nil, knowing models: [String: TabModel]? = nil) throws -> Tab {
        let tab = Tab(core, room: room)
        try tab.read()
        let models = models ?? self.models
        tab.models = models
        for session in models.keys { tab.models[session]?.disconnect() }
        for (session, model) in models { try tab.join(session, after: model.position) }
        return tab
    }
}

extension CoreFixture {
    /// A tab that has connected, joined, and read its welcome.
    package func tab(_ sessions: String..., room: Int? = nil) throws -> Tab {
        let tab = Tab(self, sessions: sessions.isEmpty ? ["s"] : sessions, room: room)
        try tab.read()
        return tab
    }

    /// The newest transfer answers this, says what it cost, and ends well.
    package func answer(_ pieces: String...) {
        upstream {
            $0.connect()
            $0.head()
            for piece in pieces { $0.text(piece) }
            $0.finish()
            $0.event(#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#)
            $0.done()
            $0.end()
        }
    }
}

extension [Frame] {
    package func of(_ type: String) -> [Frame] { filter { $0.type == type } }
    package var types: [String] { map(\.type) }
}
