internal import BridgeCore
internal import CLibcurl

/// One transfer, from `start` to its end: queued → running → ended.
///
/// Queued (no easy handle yet) exits to running or ended; running to ended: by curl's message or by `cancel()`. Held by the
/// upstream until it has ended, by the core as long as it likes.
final class CurlTransfer: Transfer {
    /// What a transfer may deliver in a loop turn before it is paused: the bytes of about 50 deltas. It halved the latency
    /// of bursts at equal CPU.
    static let turnBudgetBytes = 8 * 1024

    /// Nil where the request cannot be sent, and after the end.
    private(set) var request: PreparedRequest?
    /// Where it stands among the upstream's running transfers.
    var index = 0
    /// Set while it runs, by the upstream.
    var easy: EasyHandle?
    /// True from a refused write to the resume at the turn's end.
    var isPaused = false

    /// Both nil once it has ended.
    private var upstream: CurlUpstream?
    private var delegate: (any TransferDelegate)?
    /// Why it ends, where that was decided before curl says so.
    private var verdict: TransferFailure?

    private var reader: ResponseHeadReader
    /// Set when the request starts.
    private(set) var connection: ConnectionPorts?
    /// The turn that `delivered` bytes belong to.
    private var turn: UInt64 = 0
    private var delivered = 0

    init(_ request: TransferRequest, delegate: any TransferDelegate, upstream: CurlUpstream, maxHeaderBytes: Int) {
        self.upstream = upstream
        self.delegate = delegate
        reader = ResponseHeadReader(maxBytes: maxHeaderBytes)
        do {
            self.request = try PreparedRequest(request)
        } catch {
            self.request = nil
            verdict = error.failure
        }
    }

    var hasEnded: Bool { delegate == nil }

    /// It cannot be run; `end` will tell.
    func refuse(_ refusal: RequestRefusal) {
        verdict = refusal.failure
    }

    /// curl has let go of everything. A delegate that is still to be told of the end may ask for the request then.
    func giveBack() {
        easy = nil
        if hasEnded { request = nil }
    }

    var requestBody: (any RequestBody)? { request?.body }

    func cancel() {
        guard let upstream, delegate != nil else { return }
        delegate = nil
        self.upstream = nil
        upstream.drop(self)
    }

    /// Tells the delegate how it ended, and lets go of it.
    func end(_ end: TransferEnd) {
        guard let delegate else { return }
        self.delegate = nil
        upstream = nil
        delegate.transferEnded(end)
        request = nil
    }

    /// What curl's result means.
    func meaning(of code: CURLcode) -> TransferEnd {
        if let verdict { return .failed(verdict) }
        guard let request, let easy else { return .failed(TransferFailure(.internal, "The transfer was not running.")) }
        if code == CURLE_OK {
            if reader.isComplete { return .complete }
            // An end in the middle of the head is a clean one for curl.
            return .failed(
                TransferFailure(
                    .closed, "The upstream \(request.target.authority) broke the connection in its response's head."))
        }
        let failure = CurlFailure(
            code: code, authority: request.target.authority, wasConnected: connection != nil,
            hadHead: reader.isComplete,
            systemError: easy.systemError, proxyStatus: easy.proxyStatus, detail: easy.errorMessage)
        return .failed(failure.transferFailure)
    }

    /// A new allowance, for what was held back at a pause.
    func renewBudget() {
        delivered = 0
    }

    // MARK: From within curl: nothing here may call it

    /// What curl's callbacks return to go on, beyond a count of bytes.
    private static let refuse = 0
    /// For a transfer that its delegate has cancelled just now: it stays as it is until curl has returned, and is taken from
    /// curl then. Where curl ended it by itself, an HTTP/2 stream's reset would stay in curl's buffer.
    private static let hold = Int(CURL_WRITEFUNC_PAUSE)

    /// False aborts the transfer. curl comes here again where it repeats a request on a fresh connection.
    fileprivate func requestStarts(on connection: ConnectionPorts) -> Bool {
        guard let delegate, let upstream else { return false }
        let isFirst = self.connection == nil
        upstream.moved(self, from: self.connection, to: connection)
        self.connection = connection
        if isFirst { delegate.transferConnected() }
        return !hasEnded
    }

    fileprivate func receiveHeader(_ line: UnsafeBufferPointer<UInt8>) -> Int {
        guard let delegate else { return Self.refuse }
        switch reader.read(line) {
        case .none: break
        case .head(let head): delegate.transferReceived(head)
        case .refused:
            let authority = request?.target.authority ?? ""
            verdict = TransferFailure(
                .malformed, "The upstream \(authority) sent headers that are too long or not HTTP.")
            return Self.refuse
        }
        return hasEnded ? Self.hold : line.count
    }

    fileprivate func receiveBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard let delegate, let upstream else { return Self.refuse }
        if turn != upstream.turn {
            turn = upstream.turn
            delivered = 0
        }
        guard delivered < Self.turnBudgetBytes else {
            upstream.pause(self)
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        delivered += bytes.count
        delegate.transferReceived(bytes.span)
        return hasEnded ? Self.hold : bytes.count
    }
}

/// What tells one connection from another well enough to find the other streams of it.
struct ConnectionPorts: Hashable {
    let local: Int32
    let remote: Int32
}

// MARK: curl's callbacks

func requestStarting(
    _ transfer: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?,
    _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
    guard let transfer else { return CURL_PREREQFUNC_ABORT }
    let connection = ConnectionPorts(local: localPort, remote: remotePort)
    let isWanted = Unmanaged<CurlTransfer>.fromOpaque(transfer).takeUnretainedValue().requestStarts(on: connection)
    return isWanted ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

func headerReceived(
    _ line: UnsafeMutablePointer<CChar>?, _: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let line, let transfer else { return 0 }
    let bytes = UnsafeBufferPointer(start: UnsafeRawPointer(line).assumingMemoryBound(to: UInt8.self), count: count)
    return Unmanaged<CurlTransfer>.fromOpaque(transfer).takeUnretainedValue().receiveHeader(bytes)
}

func bodyReceived(
    _ body: UnsafeMutablePointer<CChar>?, _: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let body, let transfer else { return 0 }
    let bytes = UnsafeBufferPointer(start: UnsafeRawPointer(body).assumingMemoryBound(to: UInt8.self), count: count)
    return Unmanaged<CurlTransfer>.fromOpaque(transfer).takeUnretainedValue().receiveBody(bytes)
}
