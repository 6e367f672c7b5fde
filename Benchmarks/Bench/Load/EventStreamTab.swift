import Glibc
import LoadKit
import UVLoop

/// A plain HTTP client of an event stream, one connection kept for one answer after another: what a proxy's reader is.
final class EventStreamTab: Tab {
    /// The end of what stands before a text in a chunk of a chat completion: `"content":"`.
    private static let content = Needle("ntent\":\"")

    private let tally: Tally
    private let descriptor: Int32
    private let poll: UVPoll
    private let port: UInt16
    private var body = ChunkedBody()
    private var ledger = AnswerLedger(expected: 0)

    /// Connects; blocking, to this machine.
    init(_ subject: Subject, tally: Tally, loop: LoadLoop) throws {
        self.tally = tally
        port = subject.port
        descriptor = try LocalPort.connect(subject.port)
        poll = try loop.uv.makePoll(fileDescriptor: descriptor)
        poll.start(.readable) { [unowned self] _, _ in read() }
        tally.readyTabs += 1
    }

    deinit {
        poll.close()
        close(descriptor)
    }

    func expect(_ deltas: Int) { ledger = AnswerLedger(expected: deltas) }

    func ask(_ model: String) {
        let json = #"{"model":"\#(model)","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
        let request =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(json.utf8.count)\r\n\r\n\(json)"
        body = ChunkedBody()
        // Smaller than any socket's buffer: it goes out whole or the connection is broken.
        if send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) != request.utf8.count {
            tally.failures.append("a request could not be sent")
        }
    }

    private func read() {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65_536) { buffer in
            let count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else {
                if count < 0, errno == EAGAIN || errno == EINTR { return }
                tally.failures.append("an event stream's connection is gone")
                return poll.stop()
            }
            body.take(UnsafeBufferPointer(rebasing: buffer[..<count])) { events in
                tally.take(events, after: Self.content, into: &ledger)
            }
        }
    }
}
