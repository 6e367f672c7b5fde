internal import CLibcurl
internal import Glibc
internal import UVLoop

/// One curl multi handle on the loop: its sockets and its clock. It knows no transfers.
///
/// curl must not be called from within its callbacks; `isBusy` tells whoever might be in one.
final class CurlMulti {
    /// Called after curl has done what the loop brought it, and has returned.
    var onActivity: () -> Void = {}
    /// True while curl is on the stack.
    private(set) var isBusy = false

    private let pointer: UnsafeMutableRawPointer
    private let timer: UVTimer
    private var sockets: SocketTable
    /// Sockets that the loop cannot watch.
    private var unwatchable: [Int32] = []
    /// Where curl counts its running transfers; nobody asks.
    private var runningCount: Int32 = 0

    /// Made once: restarting the timer allocates nothing.
    private lazy var tick: () -> Void = { [unowned self] in act(CURL_SOCKET_TIMEOUT, 0) }

    /// What curl's sockets know it by; valid until `close()`.
    var owner: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    init(loop: UVLoop, maxConnections: Int) throws(CurlError) {
        guard curlIsReady, let pointer = curl_multi_init() else {
            throw CurlError(description: "libcurl does not start")
        }
        self.pointer = pointer
        timer = loop.makeTimer()
        sockets = SocketTable(loop: loop)
        shim_multi_set_socket_callback(pointer, socketWanted)
        shim_multi_set_pointer(pointer, CURLMOPT_SOCKETDATA, owner)
        shim_multi_set_timer_callback(pointer, timeoutWanted)
        shim_multi_set_pointer(pointer, CURLMOPT_TIMERDATA, owner)
        shim_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, maxConnections)
    }

    /// Closes every connection. Once, without transfers, and not while busy.
    func close() {
        busy { _ = curl_multi_cleanup(pointer) }
        sockets.removeAll()
        timer.close()
    }

    // MARK: Transfers

    /// False where curl does not take it.
    func add(_ easy: EasyHandle) -> Bool {
        busy { curl_multi_add_handle(pointer, easy.pointer) } == CURLM_OK
    }

    func remove(_ easy: EasyHandle) {
        busy { _ = curl_multi_remove_handle(pointer, easy.pointer) }
    }

    /// Delivers what a paused transfer holds back, and goes on with it.
    func resume(_ easy: EasyHandle) -> CURLcode {
        busy { curl_easy_pause(easy.pointer, CURLPAUSE_RECV_CONT) }
    }

    /// Writes out what HTTP/2 has to say on the connection of a transfer that runs, and is not paused.
    func flush(_ easy: EasyHandle) {
        busy { _ = curl_easy_pause(easy.pointer, CURLPAUSE_RECV) }
        _ = resume(easy)
    }

    /// The next transfer that has ended, as its `CURLOPT_PRIVATE`, and how.
    func nextMessage() -> (transfer: UnsafeMutableRawPointer, code: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(pointer, &left) {
            var transfer: UnsafeMutablePointer<CChar>?
            shim_easy_get_private(message.pointee.easy_handle, &transfer)
            guard message.pointee.msg == CURLMSG_DONE, let transfer else { continue }
            return (UnsafeMutableRawPointer(transfer), shim_message_result(message))
        }
        return nil
    }

    private func busy<R>(_ body: () -> R) -> R {
        let wasBusy = isBusy
        isBusy = true
        defer { isBusy = wasBusy }
        return body()
    }

    // MARK: From the loop

    private func act(_ descriptor: Int32, _ mask: Int32) {
        busy { _ = curl_multi_socket_action(pointer, descriptor, mask, &runningCount) }
        // What cannot be watched is told to curl as broken, so that its transfer ends.
        while let broken = unwatchable.popLast() {
            busy { _ = curl_multi_socket_action(pointer, broken, CURL_CSELECT_ERR, &runningCount) }
        }
        onActivity()
    }

    // MARK: From within curl

    fileprivate func setTimeout(_ milliseconds: Int) {
        guard milliseconds >= 0 else { return timer.stop() }
        // curl's 0 means "at once, but not from within this call". As 0 on the loop it could keep a turn from ending.
        timer.start(after: UInt64(max(milliseconds, 1)), tick)
    }

    fileprivate func watch(_ descriptor: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else { return sockets.remove(descriptor) }
        do {
            try sockets.watch(descriptor, for: UVPoll.Events(curlPoll: what)) {
                { [unowned self] status, events in act(descriptor, events.curlSelect(status: status)) }
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

    private func giveUp(_ descriptor: Int32) {
        unwatchable.append(descriptor)
        timer.start(after: 0, tick)
    }
}

// MARK: curl's callbacks

private func socketWanted(
    _: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ multi: UnsafeMutableRawPointer?,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let multi else { return 0 }
    Unmanaged<CurlMulti>.fromOpaque(multi).takeUnretainedValue().watch(socket, what)
    return 0
}

private func timeoutWanted(
    _: UnsafeMutableRawPointer?, _ milliseconds: Int, _ multi: UnsafeMutableRawPointer?
) -> Int32 {
    guard let multi else { return 0 }
    Unmanaged<CurlMulti>.fromOpaque(multi).takeUnretainedValue().setTimeout(milliseconds)
    return 0
}

func socketOpening(
    _ multi: UnsafeMutableRawPointer?, _: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    let socket = shim_open_socket(address)
    guard let multi, socket >= 0 else { return socket }
    Unmanaged<CurlMulti>.fromOpaque(multi).takeUnretainedValue().opened(socket)
    return socket
}

func socketClosing(_ multi: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
    guard let multi else { return close(socket) }
    Unmanaged<CurlMulti>.fromOpaque(multi).takeUnretainedValue().closing(socket)
    return close(socket)
}
