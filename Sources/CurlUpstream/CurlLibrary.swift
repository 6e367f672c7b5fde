internal import CLibcurl
internal import Glibc

/// libcurl could not be set up.
package struct CurlError: Error, CustomStringConvertible {
    package let description: String
}

/// curl's part that belongs to the process: set up once, never torn down.
let curlIsReady: Bool = {
    // A TLS library writes to sockets with calls that raise it.
    signal(SIGPIPE, SIG_IGN)
    return curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK
}()
