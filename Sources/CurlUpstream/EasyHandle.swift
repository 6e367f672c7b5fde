internal import BridgeCore
internal import CLibcurl

/// One curl easy handle, used for one transfer after another. Destroyed with its owner; must not be in a multi then.
final class EasyHandle {
    /// curl's read buffer: costs 2.4 KB of RSS more than 2 KB (untouched pages stay unmapped) and makes bursts a fifth
    /// cheaper.
    static let bufferBytes = 16 * 1024
    /// The core decides how long a connect may take, and cancels. This is only there to be longer than any of its limits.
    static let connectTimeoutMilliseconds = 10 * 60 * 1_000

    let pointer: UnsafeMutableRawPointer
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init() {
        guard let pointer = curl_easy_init() else { preconditionFailure("out of memory") }
        self.pointer = pointer
        errorText[0] = 0
    }

    deinit {
        curl_easy_cleanup(pointer)
        errorText.deallocate()
    }

    /// Sets every option anew. The pointers must stay valid until `reset()`; `multi` longer, for the sockets'
    /// callbacks: connections outlive transfers.
    func configure(
        for request: PreparedRequest, options: CurlOptions, transfer: UnsafeMutableRawPointer,
        multi: UnsafeMutableRawPointer
    ) throws(RequestRefusal) {
        errorText[0] = 0
        set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        set(CURLOPT_PRIVATE, transfer)

        // Signals belong to the process, not to a library in it.
        set(CURLOPT_NOSIGNAL, 1)
        // Without it, ending a transfer during its name lookup waits for the lookup: seconds, with a stalled resolver.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_BUFFERSIZE, Self.bufferBytes)
        set(CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeoutMilliseconds)
        // A proxy's own answer to CONNECT is not the upstream's.
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_USERAGENT, options.userAgent)
        try setRoute(for: request, options: options)

        try set(CURLOPT_URL, request.url)
        switch request.method {
        case .get: set(CURLOPT_HTTPGET, 1)
        case .post:
            set(CURLOPT_POST, 1)
            // Sent from where it is; curl takes no copy.
            set(CURLOPT_POSTFIELDS, request.body.address)
            check(shim_easy_set_size(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)))
        }
        check(shim_easy_set_list(pointer, CURLOPT_HTTPHEADER, request.headers))

        check(shim_easy_set_prereq_callback(pointer, requestStarting))
        set(CURLOPT_PREREQDATA, transfer)
        check(shim_easy_set_data_callback(pointer, CURLOPT_HEADERFUNCTION, headerReceived))
        set(CURLOPT_HEADERDATA, transfer)
        check(shim_easy_set_data_callback(pointer, CURLOPT_WRITEFUNCTION, bodyReceived))
        set(CURLOPT_WRITEDATA, transfer)

        check(shim_easy_set_opensocket_callback(pointer, socketOpening))
        set(CURLOPT_OPENSOCKETDATA, multi)
        check(shim_easy_set_closesocket_callback(pointer, socketClosing))
        set(CURLOPT_CLOSESOCKETDATA, multi)
    }

    /// Connections are kept by their route: one of another proxy, CA file or HTTP version is never taken.
    private func setRoute(for request: PreparedRequest, options: CurlOptions) throws(RequestRefusal) {
        let route = request.route
        // HTTP/2 over TLS where the upstream has it, and then rather a stream of a connection than one more connection:
        // a request waits for the handshake that tells. Without TLS nothing tells before the first answer's status line,
        // and every request would wait for that one's first token; there it is used where we were told to.
        let version =
            switch route.httpVersion {
            case .automatic: CURL_HTTP_VERSION_2TLS
            case .http1: CURL_HTTP_VERSION_1_1
            case .http2: request.target.isTLS ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
            }
        set(CURLOPT_HTTP_VERSION, version)
        set(CURLOPT_PIPEWAIT, request.canShareConnection ? 1 : 0)
        set(CURLOPT_FRESH_CONNECT, request.needsOwnConnection ? 1 : 0)
        set(CURLOPT_FORBID_REUSE, request.needsOwnConnection ? 1 : 0)
        if let proxy = route.proxy {
            try set(CURLOPT_PROXY, proxy)
            // What was said for this upstream wins over the environment's `no_proxy`.
            try set(CURLOPT_NOPROXY, "")
        }
        if let file = route.caFile ?? options.caFile {
            try set(CURLOPT_CAINFO, file)
            // In place of the system's, whose folder Debian's libcurl would look into as well.
            set(CURLOPT_CAPATH, nil)
        }
    }

    /// Has curl close the connection at the transfer's end, unless other transfers use it.
    func forbidReuse() {
        set(CURLOPT_FORBID_REUSE, 1)
    }

    /// Forgets every option, the pointers among them; what curl keeps (connections, names, TLS sessions) stays.
    func reset() {
        curl_easy_reset(pointer)
    }

    // MARK: After a failure

    /// curl's own words. They may hold names from the URL or the proxy's: not for messages, but where they are known.
    var errorMessage: String { String(cString: errorText) }

    /// The last errno of a connect; 0 where there was none.
    var systemError: Int32 { Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO)) }

    /// The proxy's answer to CONNECT; 0 where there was none.
    var proxyStatus: Int { long(CURLINFO_HTTP_CONNECTCODE) }

    private func long(_ info: CURLINFO) -> Int {
        var value = 0
        shim_easy_get_long(pointer, info, &value)
        return value
    }

    // MARK: Options

    private func set(_ option: CURLoption, _ value: Int) {
        check(shim_easy_set_long(pointer, option, value))
    }

    private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        check(shim_easy_set_pointer(pointer, option, value))
    }

    /// curl copies strings, and refuses those beyond 8 MB.
    private func set(_ option: CURLoption, _ value: String) throws(RequestRefusal) {
        guard shim_easy_set_string(pointer, option, value) == CURLE_OK else {
            throw RequestRefusal("libcurl does not take an option that the request needs.")
        }
    }

    /// These options exist in every libcurl that this was built with: a refusal is a mistake of ours.
    private func check(_ code: CURLcode) {
        precondition(code == CURLE_OK, "libcurl refused an option")
    }
}
