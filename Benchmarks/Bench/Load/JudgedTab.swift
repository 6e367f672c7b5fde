import LoadKit

/// A tab of Tributary's that has every frame judged and can come back where it was.
final class JudgedTab: LoadSocketOwner {
    let session: String
    /// Answers that have ended.
    private(set) var endedAnswers = 0
    private let judge = TabJudge()
    private let record: FrameJudge
    private let wave: Wave
    private let loop: LoadLoop
    private let port: UInt16
    private var socket: LoadSocket?
    private var requests = 0

    /// What all tabs of a wave add to.
    final class Wave {
        /// Handshakes under way.
        var connecting = 0
        /// `joined` frames since the wave began.
        var joined = 0
        var endedAnswers = 0
        /// Broken rules, and sockets that are gone.
        var failures: [String] = []
        var hasFailed: Bool { !failures.isEmpty }

        func check() throws {
            guard let first = failures.first else { return }
            throw BrokenLoad(description: failures.count == 1 ? first : "\(first) (and \(failures.count - 1) more)")
        }
    }

    init(session: String, of subject: Subject, wave: Wave, loop: LoadLoop) {
        self.session = session
        self.wave = wave
        self.loop = loop
        port = subject.port
        record = judge.expect(session)
        judge.onFrame = { frame, _ in
            if frame.kind == .joined { wave.joined += 1 }
            if frame.kind == .error { wave.failures.append("the server answered with an error") }
        }
        judge.onOutcome = { [unowned self] outcome in
            guard !outcome.isHistory else { return }
            endedAnswers += 1
            wave.endedAnswers += 1
        }
    }

    var epoch: String { record.epoch }
    var seq: Int { record.seq }
    var deltasSeen: Int { record.deltasSeen }
    /// Times that it did not go on where it was: once for the first join.
    var snapshots: Int { record.snapshots }

    /// Connects and joins: anew, or where it was.
    func connect() throws {
        wave.connecting += 1
        let path = record.position == nil ? "/v1/ws?session=\(session)" : "/v1/ws"
        socket = try LoadSocket(loop: loop.uv, port: port, path: path, owner: self)
    }

    /// Cuts the connection without a word.
    func cut() {
        socket?.cut()
        socket = nil
        judge.disconnected()
    }

    func ask(_ model: String) {
        requests += 1
        let messages = #"[{"role":"user","content":"hi"}]"#
        socket?.send(
            #"{"type":"chat","session":"\#(session)","request":"r\#(requests)","model":"\#(model)","#
                + #""messages":\#(messages)}"#)
    }

    // MARK: LoadSocketOwner

    func socketOpened(_ socket: LoadSocket) {
        wave.connecting -= 1
        guard let position = record.position else { return }
        socket.send(#"{"type":"join","session":"\#(session)","after":\#(position)}"#)
    }

    func socket(_ socket: LoadSocket, received message: Span<UInt8>) {
        do throws(Violation) {
            try judge.take(message)
        } catch {
            wave.failures.append(error.description)
        }
    }

    func socketClosed(_ socket: LoadSocket, _ ending: LoadSocket.Ending) {
        wave.failures.append("a tab's socket is gone: \(ending)")
    }
}
