import LoadKit
import UVLoop

/// A tab that comes, asks one thing, hears the answer and goes.
final class Probe: LoadSocketOwner {
    private(set) var hasEnded = false
    /// The answer came, and whole.
    private(set) var isRight = false
    private let judge = TabJudge()
    private let session = "probe-\(MonotonicClock.now())"
    private var socket: LoadSocket?

    init(loop: UVLoop, port: UInt16) {
        judge.expect(session)
        judge.onOutcome = { [unowned self] outcome in
            isRight = outcome.terminal == .ended && outcome.text.count == 3
            socket?.close()
        }
        socket = try? LoadSocket(loop: loop, port: port, path: "/v1/ws?session=\(session)", owner: self)
        hasEnded = socket == nil
    }

    func socketOpened(_ socket: LoadSocket) {
        let chat = #"{"type":"chat","session":"\#(session)","request":"r","model":"paced:3:0:0","input":"\#(session)"}"#
        socket.send(chat)
    }

    func socket(_ socket: LoadSocket, received message: Span<UInt8>) {
        do throws(Violation) {
            try judge.take(message)
        } catch {
            socket.cut()
            hasEnded = true
        }
    }

    func socketClosed(_ socket: LoadSocket, _ ending: LoadSocket.Ending) { hasEnded = true }
}
