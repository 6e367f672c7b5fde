import LoadKit
import UVLoop

/// One tab: a socket that comes and goes, a judge that stays as long as the page would, and what the tab is waiting for.
///
/// Owned by the play. `SoakTab+Actions` is what it does, `SoakTab+Frames` what it hears.
final class SoakTab: LoadSocketOwner {
    enum Phase {
        /// No socket. → arriving
        case away
        /// The socket connects. → here, away
        case arriving
        /// → leaving, away
        case here
        /// It has asked for the close. → away
        case leaving
    }

    struct Pending {
        var isAccepted = false
        /// A snapshot came before `accepted`: one that was taken later than it was accepted, where the join was queued in front
        /// of it. The request may have ended in between, and a snapshot does not show those of `store: false`.
        var isOvertaken = false
        let since: UInt64
        let session: String
    }

    /// With a position, or without.
    enum Joining {
        case after, afresh
    }

    unowned let play: Play
    let number: Int
    private(set) var phase = Phase.away
    private(set) var judge = TabJudge()
    private(set) var socket: LoadSocket?
    /// While it does not read, until when, ms.
    private(set) var stalledUntil: UInt64?
    /// When it last began to read again, ms.
    private(set) var awakeSince: UInt64 = 0
    /// When it last did something that the server may close it for, ms.
    var offendedAt: UInt64?
    /// Chats of which it has not seen the end, by request.
    var pending: [String: Pending] = [:]
    /// Sessions whose `joined` is due, and how they were joined.
    var joining: [String: Joining] = [:]
    /// Sessions whose `left` is due.
    var leavingSessions: Set<String> = []
    /// The beginnings of the newest messages, for the report of a violation; the message that is one, whole.
    private var newest: [[UInt8]] = []

    init(_ play: Play, number: Int) {
        self.play = play
        self.number = number
        listen()
    }

    /// A page that was just opened: it knows nothing.
    func forgetAll() {
        judge = TabJudge()
        pending = [:]
        listen()
    }

    private func listen() {
        judge.latencies = nil
        judge.onFrame = { [unowned self] frame, bytes in heard(frame, bytes) }
        judge.onOutcome = { [unowned self] outcome in saw(outcome) }
    }

    // MARK: Coming and going

    func connect(path: String) {
        do {
            socket = try LoadSocket(
                loop: play.loop, port: play.server.port, path: path,
                receiveBuffer: number.isMultiple(of: 3) ? 4096 : nil,
                owner: self)
            phase = .arriving
        } catch {
            play.complain("\(name): \(error)", [])
        }
    }

    func closePolitely() {
        wakeUp()
        socket?.close(code: 1000)
        phase = .leaving
    }

    func cut() {
        socket?.cut()
        gone()
    }

    func stall(until: UInt64) {
        stalledUntil = until
        socket?.pause()
    }

    func wakeUp() {
        guard stalledUntil != nil else { return }
        stalledUntil = nil
        awakeSince = play.now
        offendedAt = play.now
        socket?.resume()
    }

    private func gone() {
        socket = nil
        phase = .away
        stalledUntil = nil
        offendedAt = nil
        pending = [:]
        joining = [:]
        leavingSessions = []
        judge.disconnected()
        for session in judge.sessions where isRetired(session.session) {
            judge.forget(session.session)
        }
    }

    /// Nobody joins that session any more.
    func retire(_ session: String) {
        guard judge[session] != nil else { return }
        switch phase {
        case .away: judge.forget(session)
        case .here: if !leavingSessions.contains(session) { leave(session) }
        // Asked again when it is here, or forgotten when it is gone.
        case .arriving, .leaving: break
        }
    }

    // MARK: The socket

    func socketOpened(_ socket: LoadSocket) {
        phase = .here
        awakeSince = play.now
        arrived()
    }

    func socket(_ socket: LoadSocket, received message: Span<UInt8>) {
        newest.append(message.array(0..<min(message.count, 400)))
        if newest.count > 4 { newest.removeFirst() }
        play.messages += 1
        do throws(Violation) {
            try judge.take(message)
        } catch {
            newest[newest.count - 1] = message.array(0..<min(message.count, 65_536))
            complain(error.description)
            // Nothing that it says from here on would mean anything.
            cut()
            forgetAll()
        }
    }

    func socketClosed(_ socket: LoadSocket, _ ending: LoadSocket.Ending) {
        play.endings["\(ending)", default: 0] += 1
        if !isExcused(ending) { complain("the server ended the connection: \(ending)") }
        gone()
    }

    /// Closes that a tab has brought about.
    private func isExcused(_ ending: LoadSocket.Ending) -> Bool {
        let hasOffended = offendedAt.map { play.now < $0 + 15_000 } ?? false
        switch ending {
        case .code(1000): return phase == .leaving
        case .code(1012): return play.isEnding
        case .code(1009), .code(4290): return hasOffended
        case .code(4408): return judge.sessions.allSatisfy { !$0.isJoined }
        case .endOfStream, .reset: return phase == .leaving || hasOffended || stalledUntil != nil || play.isEnding
        default: return false
        }
    }

    var name: String { "tab \(number)" }

    func complain(_ what: String) {
        play.complain("\(name), joined to \(judge.sessions.map(\.session)): \(what)", newest)
    }
}
