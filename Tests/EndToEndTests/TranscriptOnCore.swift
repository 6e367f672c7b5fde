import BridgeCore
import BridgeTestKit
import ChatProtocol

@testable import tributary

/// Plays a transcript against the core: real sessions, logs and frames, a made-up clock, upstream and sockets. What happens
/// is the same each time.
final class TranscriptOnCore {
    private let core: CoreFixture
    private let transcript: Transcript
    private var tabs: [(name: String, connection: FakeConnection)] = []
    /// By request, its newest; `models` and `key.check` for these commands, behind `NAME/` where there are several upstreams.
    private var transfers: [String: FakeTransfer] = [:]
    /// The request of which the upstream was heard last: a transfer that begins by itself is its next attempt, unless one waits.
    private var lastRequest: String?
    /// Requests that wait for a place at their upstream, the longest first: the next transfer that begins by itself is the first's.
    private var waiting: [String] = []
    private var transferCount = 0
    private var placeholders = TranscriptPlaceholders()
    /// What the tabs got since their last `receive` line.
    private var unread: [(tab: String, frames: [String])] = []
    private var closed: Set<String> = []
    /// How a transfer may break, and what is said of it.
    private static let failures: [String: (TransferFailure.Kind, String)] = [
        "resolve": (.resolve, "could not resolve the host's name"), "connect": (.connect, "connection refused"),
        "tls": (.tls, "the certificate is not trusted"), "closed": (.closed, "the connection was reset"),
        "malformed": (.malformed, "no status line"), "internal": (.internal, "out of memory"),
    ]

    /// The transcript as it really went, where one is being written.
    private(set) var record: [String] = []

    init(_ transcript: Transcript) throws {
        self.transcript = transcript
        var limits = Limits()
        for setting in AmountLimits.settings + TimeLimits.settings {
            guard let text = transcript.settings[setting.name] else { continue }
            try setting.set(GivenSetting(origin: setting.name, text: text), in: &limits)
        }
        let counter = transcript.countsTokens ? FakeCounter { ($0.utf8.count + 3) / 4 } : nil
        core =
            transcript.upstreams.isEmpty && counter == nil
            ? CoreFixture(limits: limits, key: transcript.key, provider: "openai", defaultModel: "model-1")
            : CoreFixture(limits: limits, targets: transcript.upstreams.map(\.target), counter: counter)
    }

    /// - Parameter isRecording: writes down what comes instead of comparing it.
    func play(isRecording: Bool = false) throws {
        for line in transcript.lines {
            switch line.step {
            case .comment, .header: record.append(line.text)
            case .tab(let name, .receive(let frames)):
                guard !isRecording else { continue }
                try expect(frames, name, line)
            case .tab(let name, .closed(let code)):
                guard !isRecording else { continue }
                try expectClose(code, name, line)
            case .upstream(let request, .received) where isRecording:
                record.append(#"{"upstream":"\#(request)","received":\#(try transfer(request, line).body)}"#)
            default:
                if !isRecording { try expectNothingUnread(before: line) }
                record.append(line.text)
                try perform(line)
                try nameTransfers(line)
                try collect()
                if isRecording { recordUnread() }
            }
        }
        try expectNothingUnread(before: nil)
    }

    // MARK: What happens

    private func perform(_ line: Transcript.Line) throws {
        switch line.step {
        case .tab(let name, let step): try perform(step, of: name, line)
        case .upstream(let request, let step): try perform(step, of: request, line)
        case .advance(let milliseconds): core.advance(by: milliseconds)
        case .drain:
            core.node.drain {}
            core.node.flush()
        case .comment, .header: break
        }
    }

    private func perform(_ step: TranscriptStep.TabStep, of name: String, _ line: Transcript.Line) throws {
        if case .connect(let handshake) = step {
            closed.remove(name)
            tabs.append((name, core.connect(sessions: handshake.sessions)))
            return
        }
        guard let connection = tabs.first(where: { $0.name == name })?.connection else {
            throw Transcript.Mismatch(line, "no such tab")
        }
        switch step {
        case .send(let text):
            core.send(placeholders.reveal(in: text), from: connection)
        case .cut:
            core.disconnect(connection)
            tabs.removeAll { $0.name == name }
        case .reads(false): connection.makeRoom(0)
        case .reads(true):
            connection.makeRoom()
            core.node.flush()
        case .connect, .receive, .closed: break
        case .sendBinary, .refused: throw Transcript.Mismatch(line, "only the program does this")
        }
    }

    private func perform(_ step: TranscriptStep.UpstreamStep, of request: String, _ line: Transcript.Line) throws {
        let transfer = try transfer(request, line)
        if transfer.request.method == .post { lastRequest = request }
        switch step {
        case .connect: transfer.connect()
        case .head(let status, let headers): transfer.head(status, headers.map { ($0.key, $0.value) })
        case .bytes(let text): transfer.bytes(text)
        case .end: transfer.end()
        case .fail(let kind):
            guard let (kind, words) = Self.failures[kind] else { throw Transcript.Mismatch(line, "no such failure") }
            transfer.fail(kind, words)
        case .received(let body):
            let actual = try TranscriptStep.json(text: transfer.body)
            guard actual == body else { throw Transcript.Mismatch(line, "it received \(actual)") }
        case .cancelled(let expected):
            guard transfer.isCancelled == expected else {
                throw Transcript.Mismatch(line, "it \(expected ? "was not" : "was") cancelled")
            }
        }
        core.node.flush()
    }

    /// Gives the transfers that a line has started their names: those of the message's requests, in order, or that of the
    /// request that is tried again.
    private func nameTransfers(_ line: Transcript.Line) throws {
        let fresh = core.upstream.transfers[transferCount...]
        transferCount = core.upstream.transfers.count
        guard !fresh.isEmpty else { return }
        guard case .tab(_, .send(let text)) = line.step else {
            guard fresh.count == 1, let transfer = fresh.first, let request = waiting.first ?? lastRequest else {
                throw Transcript.Mismatch(line, "it started \(fresh.count) transfers")
            }
            waiting.removeAll { $0 == request }
            return transfers[request] = transfer
        }
        let commands = try Frame.frames(of: text)
        let questions = fresh.filter { $0.request.method == .get }
        for transfer in questions {
            let command = commands.first { ["models", "key.check"].contains($0.type) }?.type ?? "models"
            let host = transfer.request.url.split(separator: "/")[1].split(separator: ".")[0]
            transfers[transcript.upstreams.count > 1 ? "\(host)/\(command)" : command] = transfer
        }
        let chats = commands.filter { $0.type == "chat" }
        let answers = fresh.filter { $0.request.method == .post }
        guard answers.count == chats.count || answers.isEmpty else {
            throw Transcript.Mismatch(line, "\(chats.count) chats started \(answers.count) transfers")
        }
        for (command, transfer) in zip(chats, answers) { transfers[command.request ?? ""] = transfer }
    }

    private func transfer(_ request: String, _ line: Transcript.Line) throws -> FakeTransfer {
        guard let transfer = transfers[request] else { throw Transcript.Mismatch(line, "no such transfer") }
        return transfer
    }

    // MARK: What comes of it

    private func collect() throws {
        for tab in tabs {
            for message in tab.connection.takeMessages() {
                let frames = message.split(separator: "\n").map { placeholders.hide(in: String($0), of: tab.name) }
                unread.append((tab.name, frames))
                for frame in try Frame.frames(of: message) { noteWaiting(frame) }
            }
        }
    }

    /// A request that is accepted waits while it has no transfer, and has not ended.
    private func noteWaiting(_ frame: Frame) {
        guard frame["seq"] as Int? != nil, let request = frame.request else { return }
        switch frame.type {
        case "request": if transfers[request] == nil, !waiting.contains(request) { waiting.append(request) }
        case "end", "aborted", "error": waiting.removeAll { $0 == request }
        default: break
        }
    }

    /// Frames to one tab come in order; those to different tabs in any. How many of them share a message is the server's
    /// affair.
    private func expect(_ frames: [String], _ tab: String, _ line: Transcript.Line) throws {
        for frame in frames {
            guard let index = unread.firstIndex(where: { $0.tab == tab }) else {
                throw Transcript.Mismatch(line, "nothing came, where there should be\n\(frame)")
            }
            let actual = try TranscriptStep.json(text: unread[index].frames.removeFirst())
            if unread[index].frames.isEmpty { unread.remove(at: index) }
            guard actual == frame else {
                throw Transcript.Mismatch(line, "instead of\n\(frame)\nthis came:\n\(actual)")
            }
        }
    }

    private func expectClose(_ code: Int, _ name: String, _ line: Transcript.Line) throws {
        let actual = tabs.first { $0.name == name }?.connection.closed?.code.rawValue
        guard actual.map(Int.init) == code else {
            throw Transcript.Mismatch(line, "closed with \(actual.map(String.init) ?? "nothing")")
        }
        closed.insert(name)
    }

    private func expectNothingUnread(before line: Transcript.Line?) throws {
        if let first = unread.first {
            throw Transcript.Mismatch(line, "\(first.tab) received, too: \(first.frames.joined(separator: "\n"))")
        }
        for tab in tabs where tab.connection.closed != nil && !closed.contains(tab.name) {
            throw Transcript.Mismatch(line, "\(tab.name) was closed")
        }
    }

    private func recordUnread() {
        for (tab, frames) in unread {
            record.append(#"{"tab":"\#(tab)","receive":[\#(frames.joined(separator: ","))]}"#)
        }
        unread = []
        for tab in tabs where !closed.contains(tab.name) {
            guard let code = tab.connection.closed?.code else { continue }
            closed.insert(tab.name)
            record.append(#"{"tab":"\#(tab.name)","closed":\#(code.rawValue)}"#)
        }
    }
}
