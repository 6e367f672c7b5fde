internal import BridgeCore
internal import CLibcurl
internal import Glibc

/// What is known about a transfer that curl gave up.
struct CurlFailure {
    let code: CURLcode
    /// Host and port of the URL.
    let authority: String
    /// The request was on its way: name, connection and TLS were fine.
    let wasConnected: Bool
    let hadHead: Bool
    /// The last errno of a connect; 0 where there was none.
    let systemError: Int32
    /// The proxy's answer to CONNECT; 0 where there was none.
    let proxyStatus: Int
    /// curl's own words, which are repeated for TLS only: there they hold names of certificates and nothing of ours.
    let detail: String

    var transferFailure: TransferFailure {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            TransferFailure(.resolve, "The name of the upstream \(authority) could not be resolved.")
        case CURLE_COULDNT_RESOLVE_PROXY:
            TransferFailure(.connect, "The name of the proxy for \(authority) could not be resolved.")
        case CURLE_COULDNT_CONNECT:
            TransferFailure(.connect, "No connection to the upstream \(authority)\(reason).")
        case CURLE_PROXY:
            TransferFailure(.connect, "The proxy for \(authority) did not connect.")
        case CURLE_OPERATION_TIMEDOUT:
            TransferFailure(.connect, "No connection to the upstream \(authority): it did not answer in time.")
        case _ where tlsCodes.contains(code.rawValue):
            TransferFailure(
                .tls, "No secure connection to the upstream \(authority): \(detail.isEmpty ? words : detail).")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            // The scheme was looked at before curl was: what is not supported is an answer without a status line.
            TransferFailure(.malformed, "The upstream \(authority) answered something that is not HTTP.")
        case CURLE_OUT_OF_MEMORY where wasConnected && !hadHead:
            // curl's word for a header line beyond 100 KB.
            TransferFailure(.malformed, "The upstream \(authority) answered with a header that is too long.")
        case CURLE_URL_MALFORMAT, CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_BAD_FUNCTION_ARGUMENT:
            TransferFailure(.internal, "The request to the upstream \(authority) could not be made: \(words).")
        case _ where !wasConnected && proxyStatus >= 300:
            TransferFailure(.connect, "The proxy refused to connect to \(authority) (status \(proxyStatus)).")
        case _ where !wasConnected:
            TransferFailure(.connect, "No connection to the upstream \(authority): \(words).")
        case _ where hadHead:
            TransferFailure(
                .closed, "The upstream \(authority) broke the connection in the middle of its answer: \(words).")
        default:
            TransferFailure(.closed, "The upstream \(authority) closed the connection without an answer: \(words).")
        }
    }

    /// curl's sentence for the code alone; it holds nothing of the request.
    private var words: String { String(cString: curl_easy_strerror(code)) }

    private var reason: String {
        systemError == 0 ? "" : ": \(String(cString: strerror(systemError)))"
    }
}

private let tlsCodes: Set<UInt32> = Set(
    [
        CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
        CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED,
        CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
        CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
    ].map(\.rawValue))
