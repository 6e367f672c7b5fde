import BridgeCore
import BridgeTestKit
import Fuzzing

/// A transfer as the script plays it, within what the port allows: connected, head, bytes, end.
final class Role {
    enum Progress {
        case started, connected, answering, refusing, over
    }

    let transfer: FakeTransfer
    /// Nil for a list of models.
    let request: RequestKey?
    private(set) var progress = Progress.started
    /// What it has said to a request.
    private(set) var spoken = Spoken()
    /// The end of what was said last, which comes in the next piece.
    private var rest = ""

    init(_ transfer: FakeTransfer, request: RequestKey?) {
        self.transfer = transfer
        self.request = request
    }

    private var isHeard: Bool { progress != .over && !transfer.isCancelled }

    func answer(status: Int) {
        guard isHeard else { return }
        if progress == .started {
            progress = .connected
            transfer.connect()
        }
        guard isHeard, progress == .connected else { return }
        progress = status == 200 ? .answering : .refusing
        transfer.head(status)
    }

    /// Says something; its last `held` characters come with what is said next.
    func say(_ text: String, held: Int) {
        if progress == .started || progress == .connected { answer(status: 200) }
        let whole = rest + text
        rest = String(whole.unicodeScalars.suffix(held))
        let piece = String(whole.unicodeScalars.dropLast(held))
        guard isHeard, !piece.isEmpty else { return }
        // Before the core hears it: whatever it does in answer, it has had these bytes.
        if progress == .answering { spoken.hear(piece) }
        transfer.bytes(piece)
    }

    func end() {
        guard isHeard else { return }
        if !rest.isEmpty { say("", held: 0) }
        guard isHeard else { return }
        if progress == .answering { spoken.end() }
        progress = .over
        transfer.end()
    }

    func fail() {
        guard isHeard else { return }
        progress = .over
        transfer.fail(.closed)
    }
}

/// A request, wherever it is spoken of.
struct RequestKey: Hashable {
    let session: String
    let epoch: String
    let request: String
}
