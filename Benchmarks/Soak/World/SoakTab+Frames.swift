import LoadKit

/// What a tab makes of what it hears, after its judge has.
extension SoakTab {
    func heard(_ frame: ScannedFrame, _ bytes: Span<UInt8>) {
        switch frame.kind {
        case .joined: joined(frame, bytes)
        case .left:
            guard let session = frame.session.map({ bytes.text($0) }) else { return }
            leavingSessions.remove(session)
            if isRetired(session), joining[session] == nil { judge.forget(session) }
        case .accepted:
            guard let request = frame.request.map({ bytes.text($0) }) else { return }
            accepted(request, in: frame.session.map { bytes.text($0) } ?? "")
        case .error where !frame.isLogFrame: refused(frame, bytes)
        case .goaway where !play.isEnding: complain("goaway")
        default: break
        }
    }

    private func accepted(_ request: String, in session: String) {
        play.sessions[session]?.requests[request]?.isAccepted = true
        pending[request]?.isAccepted = true
        let isRunning = judge[session]?.runningRequests.contains(request) ?? false
        if pending[request]?.isOvertaken == true, !isRunning { pending[request] = nil }
    }

    private func joined(_ frame: ScannedFrame, _ bytes: Span<UInt8>) {
        guard let session = frame.session.map({ bytes.text($0) }) else { return }
        let asked = joining.removeValue(forKey: session)
        switch (asked, frame.recovered == true) {
        case (.afresh?, false): play.joins["afresh", default: 0] += 1
        case (.after?, true): play.joins["resumed", default: 0] += 1
        case (.after?, false): play.joins["resumed in vain", default: 0] += 1
        case (nil, false): play.joins["left behind, given a snapshot", default: 0] += 1
        case (.afresh?, true), (nil, true): complain("recovered, although no position was given")
        }
        if isRetired(session), !leavingSessions.contains(session) { leave(session) }
        guard frame.recovered == false, let running = judge[session]?.runningRequests else { return }
        // What was accepted and is not running has ended, or was lost with the session; the snapshot may not say which.
        for request in pending.keys where pending[request]?.session == session {
            pending[request]?.isOvertaken = true
        }
        pending = pending.filter { request, state in
            state.session != session || !state.isAccepted || running.contains(request)
        }
    }

    func isRetired(_ session: String) -> Bool { play.sessions[session]?.isRetired ?? true }

    /// Errors a careful client may meet; the others are bad manners of ours, named in the command.
    private func refused(_ frame: ScannedFrame, _ bytes: Span<UInt8>) {
        let code = frame.code.map { bytes.text($0) } ?? ""
        let command = frame.command.map { bytes.text($0) } ?? ""
        play.refusals["\(command) \(code)", default: 0] += 1
        switch (command, code) {
        case ("chat", "too_many_requests"), ("chat", "not_joined"), ("chat", "interrupted"),
            ("chat", "unknown_request"),
            ("chat", "request_exists"), ("abort", "not_joined"), ("abort", "unknown_request"):
            break
        case (_, "bad_request"), (_, "unknown_type"):
            // Only ever asked for on purpose, and never of a request that we wait for.
            if let request = frame.request, pending[bytes.text(request)] != nil { fallthrough }
        default: complain("\(command) was refused: \(code)")
        }
        // `request_exists` is of a request that goes on under this id.
        if command == "chat", code != "request_exists", let request = frame.request {
            pending[bytes.text(request)] = nil
        }
    }

    func saw(_ outcome: RequestOutcome) {
        pending[outcome.request] = nil
        play.outcomes[outcome.terminal.word, default: 0] += 1
        guard let request = play.sessions[outcome.session]?.requests[outcome.request] else {
            return complain("an end of \(outcome.request), which nobody asked for")
        }
        if let what = request.complaint(about: outcome, play.source.record(request.id)) { complain(what) }
    }

    /// What should have come long ago; nil where nothing is overdue. A tab that does not read cannot complain.
    func overdue(_ now: UInt64) -> String? {
        guard phase == .here, stalledUntil == nil else { return nil }
        let late = pending.first { now > max($0.value.since, awakeSince) + 90_000 }
        return late.map { "\($0.key) was \($0.value.isAccepted ? "accepted" : "sent") 90 s ago and has not ended" }
    }

    /// It waits for nothing, and nothing runs where it is.
    var isAtRest: Bool {
        pending.isEmpty && joining.isEmpty && leavingSessions.isEmpty
            && judge.sessions.allSatisfy { !$0.isJoined || $0.isIdle }
    }
}

extension RequestOutcome.Terminal {
    var word: String {
        switch self {
        case .ended: "ended"
        case .aborted: "aborted"
        case .failed(let code): "failed \(code)"
        }
    }
}
