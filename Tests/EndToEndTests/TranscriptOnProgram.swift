import BridgeTestKit

/// Plays a transcript against the real program over real sockets: what its transport does.
final class TranscriptOnProgram {
    private let transcript: Transcript
    private let server: ServerProcess
    private var tabs: [String: WebSocketClient] = [:]
    private var refusals: [String: Int] = [:]
    private var placeholders = TranscriptPlaceholders()
    /// Frames that came in a message with frames that were waited for.
    private var unread: [String: [String]] = [:]

    init(_ transcript: Transcript) throws {
        self.transcript = transcript
        // Nobody answers there: these transcripts ask nothing of an upstream.
        let flags = transcript.settings.sorted { $0.key < $1.key }.flatMap { ["--\($0)", $1] }
        server = try ServerProcess(upstream: "http://127.0.0.1:1/v1", flags)
    }

    func play() throws {
        for line in transcript.lines {
            switch line.step {
            case .comment, .header: break
            case .tab(let name, let step): try perform(step, of: name, line)
            case .upstream, .advance, .drain: throw Transcript.Mismatch(line, "only the core does this")
            }
        }
        if let (tab, frames) = unread.first(where: { !$1.isEmpty }) {
            throw Transcript.Mismatch(nil, "\(tab) received, too: \(frames.joined(separator: "\n"))")
        }
        guard try server.stop() == 0 else { throw Transcript.Mismatch(nil, "the program did not end in order") }
    }

    private func perform(_ step: TranscriptStep.TabStep, of name: String, _ line: Transcript.Line) throws {
        switch step {
        case .connect(let handshake): try connect(name, handshake)
        case .refused(let status):
            guard refusals[name] == status else {
                throw Transcript.Mismatch(line, "answered with \(refusals[name].map(String.init) ?? "101")")
            }
        case .send(let text): try tab(name, line).send(placeholders.reveal(in: text))
        case .sendBinary: try tab(name, line).send(WebSocketFrame(opcode: WebSocketFrame.Opcode.binary, payload: [0]))
        case .cut: try tab(name, line).disconnect()
        case .receive(let frames): for frame in frames { try expect(frame, name, line) }
        case .closed(let code):
            // A frame in between would be one that the transcript does not know.
            guard case .close(let actual, _) = try tab(name, line).receive(), Int(actual) == code else {
                throw Transcript.Mismatch(line, "it was not closed with \(code)")
            }
        case .reads: throw Transcript.Mismatch(line, "only the core does this")
        }
    }

    private func connect(_ name: String, _ handshake: TranscriptStep.Handshake) throws {
        let query = handshake.sessions.map { "session=\($0)" }.joined(separator: "&")
        do {
            tabs[name] = try WebSocketClient(
                port: server.port, path: query.isEmpty ? "/v1/ws" : "/v1/ws?\(query)",
                subprotocol: handshake.subprotocol ?? "tributary.v1",
                headers: handshake.origin.map { [(name: "Origin", value: $0)] } ?? [])
        } catch let refused as WebSocketClient.Refused {
            refusals[name] = refused.response.status
        }
    }

    private func tab(_ name: String, _ line: Transcript.Line) throws -> WebSocketClient {
        guard let tab = tabs[name] else { throw Transcript.Mismatch(line, "no such tab") }
        return tab
    }

    private func expect(_ frame: String, _ name: String, _ line: Transcript.Line) throws {
        while unread[name, default: []].isEmpty {
            let message = try tab(name, line).receiveText()
            unread[name] = message.split(separator: "\n").map { placeholders.hide(in: String($0), of: name) }
        }
        let actual = try TranscriptStep.json(text: unread[name, default: []].removeFirst())
        guard actual == frame else { throw Transcript.Mismatch(line, "instead of\n\(frame)\nthis came:\n\(actual)") }
    }
}
