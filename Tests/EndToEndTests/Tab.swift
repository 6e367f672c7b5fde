import BridgeTestKit

/// A browser tab: a WebSocket, and a careful reader of one session behind it. Every message is judged.
final class Tab {
    let session: String
    private let port: UInt16
    private(set) var socket: WebSocketClient
    private(set) var model: TabModel
    /// Messages received, as they came.
    private(set) var messages: [String] = []
    /// Frames of no session, and answers to commands.
    private(set) var answers: [Frame] = []
    private(set) var connection = ""

    /// Connects and waits for `welcome`.
    init(_ port: UInt16, session: String, receiveBuffer: Int32? = nil) throws {
        self.port = port
        self.session = session
        model = TabModel(session: session)
        socket = try WebSocketClient(port: port, receiveBuffer: receiveBuffer)
        try welcome()
    }

    private func welcome() throws {
        let frame = try wait { $0.type == "welcome" }
        connection = frame["connection"] ?? ""
    }

    /// A new tab that has joined.
    static func joined(_ port: UInt16, session: String, receiveBuffer: Int32? = nil) throws -> Tab {
        let tab = try Tab(port, session: session, receiveBuffer: receiveBuffer)
        try tab.join()
        return tab
    }

    func join() throws {
        try send(#"{"type":"join","session":"\#(session)"}"#)
        try wait { $0.type == "joined" }
    }

    /// Comes back on a new connection with the position it had.
    func comeBack() throws {
        socket.disconnect()
        model.disconnect()
        socket = try WebSocketClient(port: port)
        try welcome()
        try send(#"{"type":"join","session":"\#(session)","after":\#(model.position)}"#)
        try wait { $0.type == "joined" }
    }

    func send(_ text: String) throws { try socket.send(text) }

    func chat(_ request: String, model: String = "scripted", more: String = "") throws {
        try send(
            #"{"type":"chat","session":"\#(session)","request":"\#(request)","model":"\#(model)","messages":[{"role":"user","content":"hi"}]\#(more)}"#
        )
    }

    func abort(_ request: String? = nil) throws {
        let named = request.map { #","request":"\#($0)""# } ?? ""
        try send(#"{"type":"abort","session":"\#(session)"\#(named)}"#)
    }

    /// Reads one message.
    @discardableResult
    func receive() throws -> [Frame] {
        try take(try socket.receiveText())
    }

    @discardableResult
    private func take(_ message: String) throws -> [Frame] {
        messages.append(message)
        try model.take(message)
        let frames = try Frame.frames(of: message)
        answers += frames.filter { !$0.isLogFrame && $0.type != "joined" }
        return frames
    }

    /// Reads on until a frame is what is waited for.
    @discardableResult
    func wait(for isWanted: (Frame) -> Bool) throws -> Frame {
        while true {
            if let frame = try receive().first(where: isWanted) { return frame }
        }
    }

    /// Reads on until the model says so.
    func wait(until isReached: (TabModel) -> Bool) throws {
        while !isReached(model) { try receive() }
    }

    /// Reads on until the connection ends or the model says so, whichever comes first.
    func readUntilCut(or isReached: (TabModel) -> Bool) throws {
        while !isReached(model) {
            switch try socket.receive() {
            case .text(let message): try take(message)
            case .pong: continue
            case .close, .eof: return
            }
        }
    }

    /// Reads on until a request has its terminal frame; says its type.
    @discardableResult
    func waitForEnd(of request: String) throws -> String {
        try wait(until: { $0.requests[request]?.terminal != nil })
        return model.requests[request]?.terminal ?? ""
    }

    func answer(_ request: String) -> String { model.requests[request]?.answer ?? "" }
}
