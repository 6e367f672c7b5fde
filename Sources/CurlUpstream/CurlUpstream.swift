package import BridgeCore
internal import CLibcurl
package import UVLoop

/// The way to the upstreams. There is one for each node: curl's connection cache is the keep-alive.
///
/// Delegates are called from within curl's callbacks, where curl must not be called. They may do what they like all the
/// same: what they start and cancel there waits until curl has returned, which is before the turn ends.
package final class CurlUpstream: Upstream {
    /// As many unused easy handles as are kept for the next transfers, at 5 KB each.
    private static let maxSpareHandles = 64

    private let options: CurlOptions
    private let multi: CurlMulti
    /// Has a turn come, and its end with it, where no event is sure to bring one.
    private let wake: UVTimer
    private var isClosed = false

    /// What curl has in hand.
    private var running: [CurlTransfer] = []
    /// Those of them whose connection may carry others.
    private var streams = StreamTable<CurlTransfer>()
    private var spare: [EasyHandle] = []
    /// Counts turns: transfers measure their budgets by it.
    private(set) var turn: UInt64 = 1
    private var paused: [CurlTransfer] = []

    /// What waits until curl has returned.
    private var starting: [CurlTransfer] = []
    private var dropped: [CurlTransfer] = []
    private var isSettling = false

    /// Ignores SIGPIPE for the whole process, as a TLS library that writes to sockets needs it.
    package init(loop: UVLoop, options: CurlOptions) throws(CurlError) {
        self.options = options
        multi = try CurlMulti(loop: loop, maxConnections: options.maxCachedConnections)
        wake = loop.makeTimer()
        multi.onActivity = { [unowned self] in settle() }
    }

    deinit { precondition(isClosed, "closed by its owner, on the loop") }

    /// Cancels every transfer, closes every connection, and gives back every handle of the loop. Not from within a
    /// delegate call. After it, nothing that is started is ever heard of.
    package func close() {
        precondition(!multi.isBusy, "closed from within a transfer")
        guard !isClosed else { return }
        isClosed = true
        for transfer in running + starting { transfer.cancel() }
        starting = []
        paused = []
        spare = []
        multi.close()
        wake.close()
    }

    // MARK: The port

    package func start(_ request: TransferRequest, delegate: any TransferDelegate) -> any Transfer {
        let transfer = CurlTransfer(
            request, delegate: delegate, upstream: self, maxHeaderBytes: options.maxHeaderBytes)
        if multi.isBusy {
            starting.append(transfer)
        } else if !run(transfer) {
            // The delegate hears of it later, not from within this call.
            starting.append(transfer)
            wakeUp()
        }
        return transfer
    }

    /// Lets paused transfers deliver what they held back. The root calls it at the end of every loop turn, before the
    /// core's flush.
    package func resumePaused() {
        if !paused.isEmpty {
            let resuming = paused
            paused.removeAll(keepingCapacity: true)
            for transfer in resuming {
                transfer.isPaused = false
                guard !transfer.hasEnded, let easy = transfer.easy else { continue }
                transfer.renewBudget()
                let code = multi.resume(easy)
                if code != CURLE_OK { finish(transfer, code) }
            }
            settle()
            if !paused.isEmpty { wakeUp() }
        }
        turn += 1
    }

    // MARK: From transfers

    /// A transfer has more to deliver than its turn's budget. (Called from within curl.)
    func pause(_ transfer: CurlTransfer) {
        guard !transfer.isPaused else { return }
        transfer.isPaused = true
        paused.append(transfer)
    }

    /// A transfer's request starts on a connection, again where the first one was of no use. (Called from within curl.)
    func moved(_ transfer: CurlTransfer, from former: ConnectionPorts?, to connection: ConnectionPorts) {
        guard transfer.request?.canShareConnection == true else { return }
        if let former { streams.remove(transfer, from: former) }
        streams.add(transfer, to: connection)
    }

    /// A transfer was cancelled: takes it from curl, now or as soon as that has returned.
    func drop(_ transfer: CurlTransfer) {
        if multi.isBusy {
            dropped.append(transfer)
        } else {
            abandon(transfer)
        }
    }

    // MARK: To and from curl

    /// Gives a transfer to curl. False where that cannot be done; the transfer knows why.
    private func run(_ transfer: CurlTransfer) -> Bool {
        guard !transfer.hasEnded, !isClosed else { return true }
        guard let request = transfer.request else { return false }
        let easy = spare.popLast() ?? EasyHandle()
        do {
            try easy.configure(
                for: request, options: options, transfer: Unmanaged.passUnretained(transfer).toOpaque(),
                multi: multi.owner)
        } catch {
            transfer.refuse(error)
            return false
        }
        guard multi.add(easy) else {
            transfer.refuse(RequestRefusal("libcurl does not take one more transfer."))
            return false
        }
        transfer.easy = easy
        transfer.index = running.count
        running.append(transfer)
        return true
    }

    /// Takes a transfer that is not done from curl. The upstream learns of it now: its socket closes or, where other
    /// transfers use the connection too (HTTP/2), its stream is reset.
    private func abandon(_ transfer: CurlTransfer) {
        guard let easy = transfer.easy else { return }
        let other = transfer.connection.flatMap { streams.another(than: transfer, on: $0) }
        // curl 7.88 leaves the reset in a buffer until the connection is used again. Where nobody else uses it, it closes.
        if other == nil { easy.forbidReuse() }
        release(transfer)
        // Where somebody does, that one's resume writes the buffer out; if it is paused, at the turn's end.
        if let other, let easy = other.easy, !other.isPaused, !isClosed { multi.flush(easy) }
    }

    private func finish(_ transfer: CurlTransfer, _ code: CURLcode) {
        let end = transfer.meaning(of: code)
        release(transfer)
        transfer.end(end)
    }

    private func release(_ transfer: CurlTransfer) {
        guard let easy = transfer.easy else { return }
        multi.remove(easy)
        easy.reset()
        if let connection = transfer.connection { streams.remove(transfer, from: connection) }
        transfer.giveBack()
        running.swapAt(transfer.index, running.count - 1)
        running[transfer.index].index = transfer.index
        running.removeLast()
        if spare.count < Self.maxSpareHandles { spare.append(easy) }
    }

    /// Does what waited for curl's return: ends what was cancelled, tells who has ended, starts what was asked for.
    private func settle() {
        guard !isSettling else { return }
        isSettling = true
        defer { isSettling = false }
        while !isClosed {
            while let transfer = dropped.popLast() { abandon(transfer) }
            if let message = multi.nextMessage() {
                finish(Unmanaged<CurlTransfer>.fromOpaque(message.transfer).takeUnretainedValue(), message.code)
            } else if starting.isEmpty {
                return
            } else {
                let asked = starting
                starting.removeAll(keepingCapacity: true)
                for transfer in asked where !run(transfer) { transfer.end(transfer.meaning(of: CURLE_FAILED_INIT)) }
            }
        }
    }

    private func wakeUp() {
        wake.start(after: 0) { [unowned self] in settle() }
    }
}
