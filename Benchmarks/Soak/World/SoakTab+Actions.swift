import BridgeTestKit
import LoadKit

/// What a tab does when its turn comes.
extension SoakTab {
    private enum Action {
        case chat, chats, sameAgain, another, abort, abortAll, abortUnknown, ping, nonsense, tooMuch
        case stall, close, cut, leave, join, rejoin
    }

    private static let actions: [(weight: Int, choice: Action)] = [
        (34, .chat), (4, .chats), (4, .sameAgain), (1, .another), (8, .abort), (1, .abortAll), (1, .abortUnknown),
        (4, .ping), (3, .nonsense), (1, .tooMuch), (8, .stall), (5, .close), (7, .cut), (4, .leave), (6, .join),
        (5, .rejoin),
    ]

    /// Its turn: something at random, of what its phase allows.
    func act() {
        switch phase {
        case .away: comeBack()
        case .arriving, .leaving: break
        case .here where stalledUntil == nil: act(play.random.pick(Self.actions))
        case .here: break
        }
    }

    private func act(_ action: Action) {
        switch action {
        case .chat: chat()
        case .chats: for _ in 0..<Int.random(in: 2...6, using: &play.random) { chat() }
        case .sameAgain: sendAgain()
        case .another: askForAnother()
        case .abort: abortOne()
        case .abortAll: abortAll()
        case .abortUnknown: withSession { send(#"{"type":"abort","session":"\#($0.name)","request":"nobody"}"#) }
        case .ping: send(#"{"type":"ping","t":1}"#)
        case .nonsense: talkNonsense()
        case .tooMuch: sendTooMuch()
        case .stall: stall(until: play.now + UInt64.random(in: 200...16_000, using: &play.random))
        case .close: closePolitely()
        case .cut: cut()
        case .leave: withSession { leave($0.name) }
        case .join: if judge.sessions.count < 3 { join(play.anySession().name, mayResume: true) }
        case .rejoin: withSession { join($0.name, mayResume: false) }
        }
    }

    func send(_ command: String) { socket?.send(command) }

    // MARK: Sessions

    /// Comes with what it knew, or as a page that was just opened.
    private func comeBack() {
        guard play.random.chance(6, in: 10), !judge.sessions.isEmpty else {
            forgetAll()
            // Some say in the URL what they join, some by commands once they are here.
            guard play.random.chance(1, in: 3) else { return connect(path: "/v1/ws") }
            let session = play.anySession().name
            judge.expect(session)
            joining[session] = .afresh
            return connect(path: "/v1/ws?session=\(session)")
        }
        connect(path: "/v1/ws")
    }

    /// The socket is open.
    func arrived() {
        if play.isEnding { return closePolitely() }
        let known = judge.sessions.map(\.session).filter { joining[$0] == nil }
        for session in known {
            if isRetired(session) {
                judge.forget(session)
            } else {
                join(session, mayResume: play.random.chance(8, in: 10))
            }
        }
        guard judge.sessions.isEmpty else { return }
        // One in twenty joins nothing, and will be closed for it.
        if !play.random.chance(1, in: 20) { join(play.anySession().name, mayResume: false) }
    }

    /// With the position where there is one and nothing can have moved it since.
    private func join(_ session: String, mayResume: Bool) {
        let known = judge.expect(session)
        let after =
            mayResume && !known.isJoined && joining[session] == nil && !leavingSessions.contains(session)
            ? known.position : nil
        joining[session] = after == nil ? .afresh : .after
        send(#"{"type":"join","session":"\#(session)"\#(after.map { #","after":\#($0)"# } ?? "")}"#)
    }

    func leave(_ session: String) {
        leavingSessions.insert(session)
        for (request, state) in pending where state.session == session { pending[request] = nil }
        send(#"{"type":"leave","session":"\#(session)"}"#)
    }

    private func withSession(_ body: (SharedSession) -> Void) {
        let here = judge.sessions.filter { $0.isJoined && !leavingSessions.contains($0.session) }
        guard let name = here.randomElement(using: &play.random)?.session, let session = play.sessions[name],
            !session.isRetired
        else { return }
        body(session)
    }

    // MARK: Requests

    private func chat() {
        guard play.source.counts.running < play.command.streams else { return }
        withSession { session in
            guard let epoch = judge[session.name]?.epoch else { return }
            let id = play.nextRequest()
            let model = session.isTorrent ? ModelMix.torrent : ModelMix.pick(&play.random)
            guard let paced = PacedModel(model) else { return complain("no model: \(model)") }
            let dies = play.random.chance(1, in: 5)
            var command = #"{"type":"chat","session":"\#(session.name)","request":"\#(id)","model":"\#(model)""#
            command += #","epoch":"\#(epoch)""#
            if play.random.chance(1, in: 3) {
                command += #","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"\#(id)"}]"#
            } else {
                command += #","input":"\#(id)""#
            }
            // Large answers stay out of the transcript, mostly: it goes upstream with every input.
            if session.isTorrent || play.random.chance(paced.pad > 1_000 ? 9 : 1, in: 10) {
                command += #","store":false"#
            }
            if dies { command += #","orphan":"abort""# }
            if play.random.chance(1, in: 20), let old = session.recent.randomElement(using: &play.random) {
                command += #","replaces":"\#(old)""#
            }
            command += "}"
            session.add(AskedRequest(id: id, model: paced, command: command, mayBeAborted: dies), now: play.now)
            pending[id] = Pending(since: play.now, session: session.name)
            send(command)
        }
    }

    /// The same command once more, perhaps another tab's: it starts nothing.
    private func sendAgain() {
        withSession { session in
            guard let id = session.recent.randomElement(using: &play.random), let request = session.requests[id],
                request.isAccepted
            else { return }
            send(request.command)
        }
    }

    /// Something else under an id that is taken: it is refused.
    private func askForAnother() {
        withSession { session in
            guard let id = session.recent.randomElement(using: &play.random), let request = session.requests[id],
                request.isAccepted
            else { return }
            send(
                request.command.replacing(#""content":"\#(id)""#, with: #""content":"x""#).replacing(
                    #""input":"\#(id)""#, with: #""input":"x""#))
        }
    }

    private func abortOne() {
        withSession { session in
            guard let id = session.recent.randomElement(using: &play.random) else { return }
            session.requests[id]?.mayBeAborted = true
            send(#"{"type":"abort","session":"\#(session.name)","request":"\#(id)"}"#)
        }
    }

    private func abortAll() {
        withSession { session in
            session.abortAll(now: play.now)
            send(#"{"type":"abort","session":"\#(session.name)"}"#)
        }
    }

    // MARK: Bad manners

    private static let nonsense = [
        "{", "[]", "null", #"{"type":"dance"}"#, #"{"type":"chat"}"#, #"{"type":"join","session":"no spaces"}"#,
        #"{"type":"chat","session":"never-joined","request":"r","input":"x"}"#, "\n\n",
        #"{"type":"join","session":"s","after":7}"#, #"{"type":"chat","session":"s","request":"r","input":3}"#,
    ]

    private func talkNonsense() {
        if let words = Self.nonsense.randomElement(using: &play.random) { send(words) }
    }

    /// A message over the limit: closed with 1009.
    private func sendTooMuch() {
        offendedAt = play.now
        send(String(repeating: " ", count: ServedProgram.maxMessageBytes + 1))
    }
}
