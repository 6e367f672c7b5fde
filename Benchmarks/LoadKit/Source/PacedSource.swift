internal import Glibc
package import UVLoop

/// An upstream of our own: an HTTP/1.1 server on a free port of 127.0.0.1 that streams what a model's name asks for
/// (`PacedModel`) as chat completions, and says how it was treated.
///
/// Thousands of streams share one timer of a millisecond. A delta is stamped when it is made, right before it is sent; where
/// the peer does not take it, none is made. Lives on the loop's thread.
package final class PacedSource {
    package struct Counts: Equatable {
        /// Chat requests that came.
        package var begun = 0
        package var running = 0
        /// Answers that were sent to their end, the faulty ones included.
        package var finished = 0
        /// Answers that the peer did not want to the end.
        package var closedByPeer = 0
        package var deltas = 0
        package var connections = 0
        package var openConnections = 0
    }

    package let port: UInt16
    package internal(set) var counts = Counts()
    /// Whether a record keeps the hash after every delta: 8 bytes each.
    package var keepsHashes = false
    /// Records kept at most; beyond it, new transfers are not recorded.
    package var maxRecords = 1 << 20
    package private(set) var recordsMissing = 0
    /// Told when a transfer has ended.
    package var onEnd: ((TransferRecord) -> Void)?

    private let loop: UVLoop
    private let listener: Int32
    private let poll: UVPoll
    private let timer: UVTimer
    private var wheel: TimerWheel<SourceConnection>
    private var connections: [ObjectIdentifier: SourceConnection] = [:]
    private var records: [String: TransferRecord] = [:]
    private var isClosed = false
    /// What answers are built in, one after another.
    var scratch: [UInt8] = []

    package init(loop: UVLoop) throws {
        self.loop = loop
        (listener, port) = try Loopback.listen(backlog: 4096)
        do {
            poll = try loop.makePoll(fileDescriptor: listener)
        } catch {
            Glibc.close(listener)
            throw error
        }
        timer = loop.makeTimer()
        wheel = TimerWheel(now: MonotonicClock.now() / 1_000_000)
        scratch.reserveCapacity(65_536)
        poll.start(.readable) { [unowned self] _, _ in accept() }
    }

    deinit { close() }

    /// Drops every connection and stops listening. The second time does nothing.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        for connection in Array(connections.values) { connection.drop() }
        timer.close()
        poll.close()
        Glibc.close(listener)
    }

    package var baseURL: String { "http://127.0.0.1:\(port)/v1" }

    // MARK: Records

    /// The newest transfer whose last message is `key`.
    package func record(_ key: String) -> TransferRecord? { records[key] }

    /// The same, and forgets it.
    @discardableResult
    package func takeRecord(_ key: String) -> TransferRecord? { records.removeValue(forKey: key) }

    package var recordCount: Int { records.count }

    func makeRecord(_ request: SourceRequest) -> TransferRecord {
        let before = records[request.key]
        let record = TransferRecord(key: request.key, model: request.model, attempt: (before?.attempt ?? 0) + 1)
        if records.count < maxRecords || before != nil {
            records[request.key] = record
        } else {
            recordsMissing += 1
        }
        counts.begun += 1
        counts.running += 1
        return record
    }

    func ended(_ record: TransferRecord, _ end: TransferRecord.End) {
        record.endedAt = MonotonicClock.now()
        record.end = end
        counts.running -= 1
        switch end {
        case .finished: counts.finished += 1
        case .closedByPeer: counts.closedByPeer += 1
        case .dropped: break
        }
        onEnd?(record)
    }

    // MARK: Connections

    private func accept() {
        while let descriptor = Loopback.accept(listener) {
            guard let connection = try? SourceConnection(self, descriptor, loop: loop) else { continue }
            connections[ObjectIdentifier(connection)] = connection
            counts.connections += 1
            counts.openConnections += 1
        }
    }

    /// Closes the connections that are between two answers.
    package func dropIdleConnections() {
        for connection in Array(connections.values) where connection.isIdle { connection.drop() }
    }

    func forget(_ connection: SourceConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        counts.openConnections -= 1
    }

    // MARK: Pace

    /// Wakes the connection at `due`, ns.
    func wake(_ connection: SourceConnection, at due: UInt64) {
        if wheel.isEmpty { wheel.skip(to: MonotonicClock.now() / 1_000_000) }
        // Rounded up: nobody is woken before its time.
        wheel.add(connection, due: (due + 999_999) / 1_000_000)
        guard !timer.isRunning else { return }
        timer.start(after: 1, repeat: 1) { [unowned self] in turn() }
    }

    private func turn() {
        let now = MonotonicClock.now()
        for connection in wheel.takeDue(now / 1_000_000) { connection.wake(now) }
        if wheel.isEmpty { timer.stop() }
    }
}
