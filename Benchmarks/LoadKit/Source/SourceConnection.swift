internal import Glibc
internal import UVLoop

/// One connection of a `PacedSource`, kept alive from request to request.
///
/// Owned by the source, from `accept` to its end.
final class SourceConnection {
    private unowned let source: PacedSource
    private let descriptor: Int32
    private let poll: UVPoll
    private var watched: UVPoll.Events = []
    private var incoming: [UInt8] = []
    private var outgoing = OutgoingBytes()
    /// Nil between answers.
    private var answer: PacedAnswer?
    private var headIsSent = false
    /// Nothing more comes after its fault.
    private var isSilent = false
    private var isSleeping = false
    private var isGone = false

    /// Bytes made for one stream at a time, so that it does not starve the others.
    private static let batchBytes = 16_384

    init(_ source: PacedSource, _ descriptor: Int32, loop: UVLoop) throws(UVError) {
        self.source = source
        self.descriptor = descriptor
        do {
            poll = try loop.makePoll(fileDescriptor: descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        watch()
    }

    /// Between two answers, and nothing of a request has come.
    var isIdle: Bool { answer == nil && incoming.isEmpty }

    /// The source closes.
    func drop() { end(.dropped, reset: true) }

    // MARK: Socket

    private func watch() {
        guard !isGone else { return }
        let isEager = answer.map { headIsSent && $0.model.rate == 0 && !isSilent } ?? false
        let events: UVPoll.Events = !outgoing.isEmpty || isEager ? [.readable, .writable] : .readable
        guard events != watched else { return }
        watched = events
        poll.start(events) { [unowned self] status, events in ready(status, events) }
    }

    private func ready(_ status: Int32, _ events: UVPoll.Events) {
        guard status >= 0 else { return end(.closedByPeer) }
        // A body of megabytes in few turns.
        var reads = 0
        while events.contains(.readable), !isGone, reads < 16, read() { reads += 1 }
        if events.contains(.writable), !isGone {
            guard outgoing.flush(to: descriptor) == 0 else { return end(.closedByPeer) }
            pump(MonotonicClock.now())
        }
    }

    /// False where nothing more is there for now.
    private func read() -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65_536) { buffer in
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                incoming.append(contentsOf: buffer[..<count])
                if answer == nil { take() }
                return count == buffer.count
            }
            if count == 0 || (errno != EAGAIN && errno != EINTR) {
                end(.closedByPeer)
            }
            return false
        }
    }

    private func send(_ bytes: [UInt8]) {
        guard !isGone else { return }
        let error = bytes.withUnsafeBytes { outgoing.send($0, to: descriptor) }
        if error != 0 { end(.closedByPeer) } else { watch() }
    }

    // MARK: Requests

    private func take() {
        switch SourceRequest.parse(incoming) {
        case .incomplete: break
        case .broken: end(.closedByPeer, reset: true)
        case .whole(let request, let count):
            incoming.removeFirst(count)
            if request.method == "POST", request.path == "/v1/chat/completions" {
                beginAnswer(request)
            } else if request.method == "GET", request.path == "/v1/models" {
                sendWhole(200, #"{"object":"list","data":[{"id":"paced:100:50:0","object":"model"}]}"#)
            } else {
                sendWhole(404, #"{"error":{"message":"no such path"}}"#)
            }
        }
    }

    private func beginAnswer(_ request: SourceRequest) {
        let record = source.makeRecord(request)
        guard let model = PacedModel(request.model), model.status == 200 else {
            let status = PacedModel(request.model)?.status ?? 404
            source.ended(record, .finished)
            return sendWhole(status, #"{"error":{"message":"as asked for","type":"test"}}"#)
        }
        let now = MonotonicClock.now()
        // The golden ratio's multiples spread evenly, however many there are.
        let phase = (Double(source.counts.begun) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        answer = PacedAnswer(
            model, record: record, keepsHashes: source.keepsHashes,
            now: now + UInt64(model.waitMilliseconds) * 1_000_000, phase: phase)
        headIsSent = false
        isSilent = false
        if model.waitMilliseconds > 0 {
            sleep(until: now + UInt64(model.waitMilliseconds) * 1_000_000)
        } else {
            sendHead()
        }
    }

    private func sendWhole(_ status: Int, _ body: String) {
        let head =
            "HTTP/1.1 \(status) As asked for\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        send(Array((head + body).utf8))
    }

    // MARK: Answers

    private func sendHead() {
        headIsSent = true
        send(PacedAnswer.head)
        guard let answer, !isGone else { return }
        if answer.model.rate == 0 { watch() } else { sleep(until: answer.due) }
    }

    private func sleep(until due: UInt64) {
        guard !isSleeping else { return }
        isSleeping = true
        source.wake(self, at: due)
    }

    /// Its time has come; the answer that it slept for may be gone.
    func wake(_ now: UInt64) {
        isSleeping = false
        guard !isGone, answer != nil else { return }
        if headIsSent { pump(now) } else { sendHead() }
    }

    /// Sends what is due. Nothing is made while the peer has not taken what was.
    private func pump(_ now: UInt64) {
        guard let due = answer?.due, !isSilent, headIsSent, outgoing.isEmpty else { return watch() }
        guard due <= now else { return sleep(until: due) }
        source.scratch.removeAll(keepingCapacity: true)
        let before = answer?.record.text.count ?? 0
        if answer?.isComplete == false {
            answer?.appendDeltas(to: &source.scratch, now: now, room: Self.batchBytes)
        }
        source.counts.deltas += (answer?.record.text.count ?? 0) - before
        guard let answer else { return }
        if answer.isComplete { answer.appendEnd(to: &source.scratch) }
        let error = source.scratch.withUnsafeBytes { outgoing.send($0, to: descriptor) }
        guard error == 0 else { return end(.closedByPeer) }
        if answer.isComplete { return finish(answer) }
        if outgoing.isEmpty, answer.model.rate > 0 { sleep(until: answer.due) }
        watch()
    }

    private func finish(_ answer: PacedAnswer) {
        switch answer.model.fault {
        case .cut: end(.finished, reset: true)
        case .silent:
            isSilent = true
            watch()
        default:
            self.answer = nil
            source.ended(answer.record, .finished)
            watch()
            if !incoming.isEmpty { take() }
        }
    }

    private func end(_ end: TransferRecord.End, reset: Bool = false) {
        guard !isGone else { return }
        isGone = true
        poll.close()
        if reset { Loopback.reset(descriptor) } else { Glibc.close(descriptor) }
        if let answer { source.ended(answer.record, end) }
        answer = nil
        source.forget(self)
    }
}
