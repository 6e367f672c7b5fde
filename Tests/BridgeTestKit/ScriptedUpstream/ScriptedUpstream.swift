import Glibc

/// A real HTTP/1.1 server on 127.0.0.1 that does what a test tells it to, and remembers what was done to it.
///
/// Each connection has a thread. It reads a request, chooses the first script whose rule fits it, performs the steps, and
/// reads the next request where the script did not end the connection. A request that no rule fits is answered 500, and
/// is in `requests` like every other. Every wait of a test has a deadline; `stop()` ends and joins all threads.
package final class ScriptedUpstream: Sendable {
    /// How a connection ended.
    package enum Close: Sendable, Equatable {
        /// The client closed or shut down its end: what an abort looks like from here.
        case byClient
        /// The client reset it, as a kernel does where unread bytes were left.
        case byClientReset
        case byScript
        case byStop
    }

    /// A wait that was in vain.
    package struct Late: Error, CustomStringConvertible {
        package let description: String
    }

    private struct Rule {
        var script: @Sendable (ScriptedRequest) -> Script
        var isOnce: Bool
        var fits: @Sendable (ScriptedRequest) -> Bool
    }

    private struct State {
        var requests: [ScriptedRequest] = []
        /// One for each connection so far; nil while it is open.
        var closes: [Close?] = []
        var rules: [Rule] = []
        var connectionScripts: [Script] = []
        var threads: [ServerThread] = []
        var observer: (@Sendable () -> Void)?
    }

    package let port: UInt16
    private let listener: Int32
    private let stopGate = Gate()
    private let state = Monitor(State())

    package init() throws {
        let socket = try LoopbackSocket.listening(backlog: 256)
        (listener, port) = (socket.descriptor, socket.port)
        let thread = ServerThread { [self] in acceptConnections() }
        state.withLock { $0.threads.append(thread) }
    }

    /// Without a slash at the end.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// Ends every connection, joins every thread, closes the port. The second time does nothing.
    package func stop() {
        stopGate.open()
        while let thread = state.withLock({ $0.threads.popLast() }) { thread.join() }
    }

    // MARK: Scripts

    /// Answers the next request that fits, once. Rules are tried in the order in which they were given.
    package func answer(
        _ script: Script, where fits: @escaping @Sendable (ScriptedRequest) -> Bool = { _ in true }
    ) {
        state.withLock { $0.rules.append(Rule(script: { _ in script }, isOnce: true, fits: fits)) }
    }

    /// Answers every request that fits.
    package func always(
        _ script: Script, where fits: @escaping @Sendable (ScriptedRequest) -> Bool = { _ in true }
    ) {
        state.withLock { $0.rules.append(Rule(script: { _ in script }, isOnce: false, fits: fits)) }
    }

    /// Answers every request that no rule before it fits with what `respond` makes of it: on the connection's thread, one
    /// request at a time. It must not ask the upstream anything.
    package func always(by respond: @escaping @Sendable (ScriptedRequest) -> Script) {
        state.withLock { $0.rules.append(Rule(script: respond, isOnce: false, fits: { _ in true })) }
    }

    /// Lets the next connection follow a script from its first moment, before anything was read; its end is the
    /// connection's end.
    package func onConnection(_ script: Script) {
        state.withLock { $0.connectionScripts.append(script) }
    }

    // MARK: What happened

    package var requests: [ScriptedRequest] { state.withLock { $0.requests } }
    package var connectionCount: Int { state.withLock { $0.closes.count } }
    package var openConnectionCount: Int { state.withLock { $0.closes.count { $0 == nil } } }

    /// How connection `index` (from 0) ended; nil while it is open, or not there yet.
    package func close(ofConnection index: Int) -> Close? {
        state.withLock { $0.closes.indices.contains(index) ? $0.closes[index] : nil }
    }

    /// Called on some thread of the server after each change of the above: a test's loop is woken by it.
    package func observe(_ body: (@Sendable () -> Void)?) {
        state.withLock { $0.observer = body }
    }

    /// Waits for request `index` (from 0, in the order of arrival over all connections).
    package func waitForRequest(_ index: Int, seconds: Double = 10) throws -> ScriptedRequest {
        try wait("request \(index)", seconds) { $0.requests.count > index ? $0.requests[index] : nil }
    }

    package func waitForConnection(_ index: Int, seconds: Double = 10) throws {
        try wait("connection \(index)", seconds) { $0.closes.count > index ? () : nil }
    }

    /// Waits for the end of connection `index` (from 0).
    @discardableResult
    package func waitForClose(ofConnection index: Int, seconds: Double = 10) throws -> Close {
        try wait("close of connection \(index)", seconds) { $0.closes.count > index ? $0.closes[index] : nil }
    }

    private func wait<R>(_ what: String, _ seconds: Double, until body: (State) -> R?) throws -> R {
        if let found = state.wait(seconds: seconds, until: body) { return found }
        let seen = state.withLock { "\($0.requests.count) requests, connections \($0.closes)" }
        throw Late(description: "\(what) did not come in \(seconds) s; there were \(seen)")
    }

    // MARK: Threads

    private func change<R>(_ body: (inout State) -> R) -> R {
        let (result, observer) = state.withLock { (body(&$0), $0.observer) }
        observer?()
        return result
    }

    private func acceptConnections() {
        defer { Glibc.close(listener) }
        var watched = [
            pollfd(fd: stopGate.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&watched, nfds_t(watched.count), -1) > 0 else { continue }
            if watched[0].revents != 0 { return }
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let index = change { state in
                state.closes.append(nil)
                return state.closes.count - 1
            }
            let thread = ServerThread { [self] in serve(descriptor, index: index) }
            state.withLock { $0.threads.append(thread) }
        }
    }

    private func serve(_ descriptor: Int32, index: Int) {
        var close = Close.byScript
        do throws(ScriptedSocket.Interruption) {
            let socket = ScriptedSocket(takingOwnership: descriptor, stop: stopGate)
            var reader = RequestReader()
            if let script = state.withLock({ $0.connectionScripts.isEmpty ? nil : $0.connectionScripts.removeFirst() })
            {
                _ = try perform(script, on: socket, &reader, index)
            } else {
                while true {
                    let request = try readRequest(on: socket, &reader, index)
                    guard try perform(script(for: request), on: socket, &reader, index) else { break }
                }
            }
        } catch {
            close =
                switch error {
                case .closedByClient: .byClient
                case .resetByClient: .byClientReset
                case .stopped: .byStop
                }
        }
        change { $0.closes[index] = close }
    }

    /// True where the connection is to go on.
    private func perform(
        _ script: Script, on socket: ScriptedSocket, _ reader: inout RequestReader, _ index: Int
    ) throws(ScriptedSocket.Interruption) -> Bool {
        for step in script.steps {
            switch step {
            case .send(let bytes): try socket.send(bytes[...])
            case .pieces(let bytes, let size):
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try socket.send(bytes[start..<min(start + size, bytes.count)])
                }
            case .endlessly(let bytes):
                while true { try socket.send(bytes[...]) }
            case .drip(let bytes, let milliseconds):
                while true {
                    try socket.send(bytes[...])
                    try socket.rest(milliseconds: milliseconds)
                }
            case .wait(let gate): try socket.wait(at: gate)
            case .stall: try socket.stall()
            case .close: return false
            case .reset:
                socket.abortOnClose()
                return false
            case .call(let body): body()
            case .readRequest: _ = try readRequest(on: socket, &reader, index)
            }
        }
        return true
    }

    private func readRequest(
        on socket: ScriptedSocket, _ reader: inout RequestReader, _ index: Int
    ) throws(ScriptedSocket.Interruption) -> ScriptedRequest {
        while true {
            if let request = reader.next(connection: index) {
                change { $0.requests.append(request) }
                return request
            }
            reader.feed(try socket.receive())
        }
    }

    private func script(for request: ScriptedRequest) -> Script {
        state.withLock { state in
            guard let index = state.rules.firstIndex(where: { $0.fits(request) }) else {
                return .answer(status: 500, type: "text/plain", body: "no script fits this request")
            }
            let rule = state.rules[index].isOnce ? state.rules.remove(at: index) : state.rules[index]
            return rule.script(request)
        }
    }
}
