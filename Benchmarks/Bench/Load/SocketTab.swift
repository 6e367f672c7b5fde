import LoadKit
import UVLoop

/// A tab of a WebSocket server: of Tributary or of the Node bridge, which differ in where a session is named. It reads no more
/// of a message than the deltas' texts, so that it costs little and the same for both.
final class SocketTab: Tab, LoadSocketOwner {
    private static let text = Needle("\"text\":\"")
    private static let joined = Needle("\"joined\"")
    private static let aborted = Needle("aborted\"")

    let session: String
    private(set) var ledger = AnswerLedger(expected: 0)
    /// Sent as soon as the socket is open.
    private let greeting: String?
    /// Called for each message that brought deltas.
    var onDeltas: (() -> Void)?
    /// Called when an answer's `aborted` has come.
    var onAborted: (() -> Void)?

    private let tally: Tally
    private var socket: LoadSocket?
    private var isReady = false
    private var requests = 0

    /// - Parameter receiveBuffer: SO_RCVBUF, for a tab that will not read.
    init(_ subject: Subject, session: String, tally: Tally, loop: LoadLoop, receiveBuffer: Int32? = nil) throws {
        self.session = session
        self.tally = tally
        greeting = nil
        let path = subject.name == .tributary ? "/v1/ws?session=\(session)" : "/\(session)"
        socket = try LoadSocket(
            loop: loop.uv, port: subject.port, path: path, receiveBuffer: receiveBuffer, owner: self)
    }

    /// A tab of Tributary's that comes back with a position, and goes on in an answer.
    init(
        _ subject: Subject, session: String, position: String, ledger: AnswerLedger, tally: Tally, loop: LoadLoop
    ) throws {
        self.session = session
        self.tally = tally
        self.ledger = ledger
        greeting = #"{"type":"join","session":"\#(session)","after":\#(position)}"#
        socket = try LoadSocket(loop: loop.uv, port: subject.port, owner: self)
    }

    func expect(_ deltas: Int) { ledger = AnswerLedger(expected: deltas) }

    func ask(_ model: String) { ask(model, saying: "hi") }

    /// - Parameter words: the prompt, by which the source knows the transfer.
    func ask(_ model: String, saying words: String) {
        requests += 1
        let messages = #"[{"role":"user","content":"\#(words)"}]"#
        socket?.send(
            #"{"type":"chat","session":"\#(session)","request":"r\#(requests)","model":"\#(model)","#
                + #""messages":\#(messages)}"#)
    }

    /// Cancels what was asked for last.
    func abort() {
        socket?.send(#"{"type":"abort","session":"\#(session)","request":"r\#(requests)"}"#)
    }

    func pause() { socket?.pause() }

    // MARK: LoadSocketOwner

    func socketOpened(_ socket: LoadSocket) {
        if let greeting { socket.send(greeting) }
    }

    func socket(_ socket: LoadSocket, received message: Span<UInt8>) {
        message.withUnsafeBufferPointer { bytes in
            if !isReady, Self.joined.end(in: bytes) != nil {
                isReady = true
                tally.readyTabs += 1
            }
            let before = ledger.next
            tally.take(bytes, after: Self.text, into: &ledger)
            if ledger.next > before { onDeltas?() }
            if let onAborted, Self.aborted.end(in: bytes) != nil { onAborted() }
        }
    }

    func socketClosed(_ socket: LoadSocket, _ ending: LoadSocket.Ending) {
        tally.failures.append("a tab's socket is gone: \(ending)")
    }
}
