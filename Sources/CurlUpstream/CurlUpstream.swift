package import BridgeCore
internal import CLibcurl
internal import Glibc
package import UVLoop

/// The way to the upstreams: one curl multi on the loop. Its connection cache is the keep-alive, so there is one for each
/// node.
///
/// curl must not be called from within its callbacks, but delegates, which are called there, may do what they like: what
/// they start and cancel waits until curl has returned, which is before the turn ends.
package final class CurlUpstream: Upstream {
    /// As many unused easy handles as are kept for the next transfers, at 5 KB each.
    private static let maxSpareHandles = 64

    private let loop: UVLoop
    private let options: CurlOptions
    private let multi: UnsafeMutableRawPointer
    private let timer: UVTimer
    private let wake: UVTimer
    private var sockets: SocketTable
    private var isClosed = false

    /// What curl has in hand.
    private var running: [CurlTransfer] = []
    private var spare: [EasyHandle] = []
    /// Counts turns: transfers measure their budgets by it.
    private(set) var turn: UInt64 = 1
    private var paused: [CurlTransfer] = []

    /// True while curl is on the stack, and while what waited for it is done.
    private var isInCurl = false
    private var isSettling = false
    /// What waits until curl has returned.
    private var starting: [CurlTransfer] = []
    private var dropped: [CurlTransfer] = []
    private var unwatchable: [Int32] = []
    /// Where curl counts its running transfers; nobody asks.
    private var runningCount: Int32 = 0

    /// Ignores SIGPIPE for the whole process, as a TLS library that writes to sockets needs it.
    package init(loop: UVLoop, options: CurlOptions) throws(CurlError) {
        guard curlIsReady, let multi = curl_multi_init() else { throw CurlError(description: "libcurl does not start") }
        self.loop = loop
        self.options = options
        self.multi = multi
        timer = loop.makeTimer()
        wake = loop.makeTimer()
        sockets = SocketTable(loop: loop)

        let this = Unmanaged.passUnretained(self).toOpaque()
        shim_multi_set_socket_callback(multi, socketWanted)
        shim_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, this)
        shim_multi_set_timer_callback(multi, timeoutWanted)
        shim_multi_set_pointer(multi, CURLMOPT_TIMERDATA, this)
        shim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.maxCachedConnections)
    }

    deinit { precondition(isClosed, "closed by its owner, on the loop") }

    /// Cancels every transfer, closes every connection, and gives back every handle of the loop. Not from within a
    /// delegate call. After it, nothing that is started is ever heard of.
    package func close() {
        precondition(!isInCurl, "closed from within a transfer")
        guard !isClosed else { return }
        isClosed = true
        for transfer in running + starting { transfer.cancel() }
        starting = []
        paused = []
        spare = []
        inCurl { _ = curl_multi_cleanup(multi) }
        sockets.removeAll()
        timer.close()
        wake.close()
    }

    // MARK: Transfers

    package func start(_ request: TransferRequest, delegate: any TransferDelegate) -> any Transfer {
        let transfer = CurlTransfer(
            request, delegate: delegate, upstream: self, maxHeaderBytes: options.maxHeaderBytes)
        if isInCurl {
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
                let code = inCurl { curl_easy_pause(easy.pointer, CURLPAUSE_RECV_CONT) }
                if code != CURLE_OK { finish(transfer, code) }
            }
            settle()
            if !paused.isEmpty { wakeUp() }
        }
        turn += 1
    }

    /// A transfer has more to deliver than its turn's budget. (Called from within curl.)
    func pause(_ transfer: CurlTransfer) {
        guard !transfer.isPaused else { return }
        transfer.isPaused = true
        paused.append(transfer)
    }

    /// A transfer was cancelled: takes it from curl, now or as soon as that has returned.
    func drop(_ transfer: CurlTransfer) {
        if isInCurl {
            dropped.append(transfer)
        } else {
            release(transfer)
        }
    }

    /// Gives a transfer to curl. False where that cannot be done; the transfer knows why.
    private func run(_ transfer: CurlTransfer) -> Bool {
        guard !transfer.hasEnded, !isClosed else { return true }
        guard let request = transfer.request else { return false }
        let easy = spare.popLast() ?? EasyHandle()
        do {
            try easy.configure(
                for: request, options: options, transfer: Unmanaged.passUnretained(transfer).toOpaque(),
                upstream: Unmanaged.passUnretained(self).toOpaque())
        } catch {
            transfer.refuse(error)
            return false
        }
        guard inCurl({ curl_multi_add_handle(multi, easy.pointer) }) == CURLM_OK else {
            transfer.refuse(RequestRefusal("libcurl does not take one more transfer."))
            return false
        }
        transfer.easy = easy
        transfer.index = running.count
        running.append(transfer)
        return true
    }

    /// Takes a transfer's handle from curl, which closes its socket or resets its stream where it is not done.
    private func release(_ transfer: CurlTransfer) {
        guard let easy = transfer.easy else { return }
        inCurl { _ = curl_multi_remove_handle(multi, easy.pointer) }
        easy.reset()
        transfer.giveBack()
        running.swapAt(transfer.index, running.count - 1)
        running[transfer.index].index = transfer.index
        running.removeLast()
        if spare.count < Self.maxSpareHandles { spare.append(easy) }
    }

    private func finish(_ transfer: CurlTransfer, _ code: CURLcode) {
        let end = transfer.meaning(of: code)
        release(transfer)
        transfer.end(end)
    }

    // MARK: Around curl

    private func inCurl<R>(_ body: () -> R) -> R {
        let wasInCurl = isInCurl
        isInCurl = true
        defer { isInCurl = wasInCurl }
        return body()
    }

    /// Does what waited for curl's return: ends what was cancelled, tells who has ended, starts what was asked for.
    private func settle() {
        guard !isSettling, !isClosed else { return }
        isSettling = true
        defer { isSettling = false }
        repeat {
            while let transfer = dropped.popLast() { release(transfer) }
            while let descriptor = unwatchable.popLast() {
                inCurl { _ = curl_multi_socket_action(multi, descriptor, CURL_CSELECT_ERR, &runningCount) }
            }
            while !isClosed, let message = nextMessage() { finish(message.transfer, message.code) }
            let asked = starting
            starting.removeAll(keepingCapacity: true)
            for transfer in asked where !run(transfer) { transfer.end(transfer.meaning(of: CURLE_FAILED_INIT)) }
        } while !isClosed && !(dropped.isEmpty && unwatchable.isEmpty && starting.isEmpty)
    }

    /// Has a turn come, and what waits done in it, where no event is sure to bring one.
    private func wakeUp() {
        wake.start(after: 0) { [unowned self] in settle() }
    }

    private func nextMessage() -> (transfer: CurlTransfer, code: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            var owner: UnsafeMutablePointer<CChar>?
            shim_easy_get_private(message.pointee.easy_handle, &owner)
            guard let owner else { continue }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(owner).takeUnretainedValue()
            return (transfer, shim_message_result(message))
        }
        return nil
    }

    // MARK: From the loop

    private func socketReported(_ descriptor: Int32, status: Int32, events: UVPoll.Events) {
        let mask = events.curlSelect(status: status)
        inCurl { _ = curl_multi_socket_action(multi, descriptor, mask, &runningCount) }
        settle()
    }

    private func timeoutCame() {
        inCurl { _ = curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &runningCount) }
        settle()
    }

    // MARK: From within curl

    fileprivate func setTimeout(_ milliseconds: Int) {
        guard milliseconds >= 0 else { return timer.stop() }
        // curl's 0 means "at once, but not from within this call". As 0 on the loop it could keep a turn from ending.
        timer.start(after: UInt64(max(milliseconds, 1)), tick)
    }

    /// Made once: restarting the timer allocates nothing.
    private lazy var tick: () -> Void = { [unowned self] in timeoutCame() }

    fileprivate func watch(_ descriptor: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else { return sockets.remove(descriptor) }
        do {
            try sockets.watch(descriptor, for: UVPoll.Events(curlPoll: what)) {
                { [unowned self] status, events in socketReported(descriptor, status: status, events: events) }
            }
        } catch {
            giveUp(descriptor)
        }
    }

    fileprivate func opened(_ descriptor: Int32) {
        do { try sockets.opened(descriptor) } catch { giveUp(descriptor) }
    }

    fileprivate func closing(_ descriptor: Int32) {
        sockets.remove(descriptor)
    }

    /// A socket that the loop cannot watch is reported to curl as broken, so that its transfer ends.
    private func giveUp(_ descriptor: Int32) {
        unwatchable.append(descriptor)
        wakeUp()
    }
}

// MARK: curl's callbacks

private func socketWanted(
    _: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ upstream: UnsafeMutableRawPointer?,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let upstream else { return 0 }
    Unmanaged<CurlUpstream>.fromOpaque(upstream).takeUnretainedValue().watch(socket, what)
    return 0
}

private func timeoutWanted(
    _: UnsafeMutableRawPointer?, _ milliseconds: Int, _ upstream: UnsafeMutableRawPointer?
) -> Int32 {
    guard let upstream else { return 0 }
    Unmanaged<CurlUpstream>.fromOpaque(upstream).takeUnretainedValue().setTimeout(milliseconds)
    return 0
}

func socketOpening(
    _ upstream: UnsafeMutableRawPointer?, _: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    let socket = shim_open_socket(address)
    guard let upstream, socket >= 0 else { return socket }
    Unmanaged<CurlUpstream>.fromOpaque(upstream).takeUnretainedValue().opened(socket)
    return socket
}

func socketClosing(_ upstream: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
    guard let upstream else { return close(socket) }
    Unmanaged<CurlUpstream>.fromOpaque(upstream).takeUnretainedValue().closing(socket)
    return close(socket)
}
