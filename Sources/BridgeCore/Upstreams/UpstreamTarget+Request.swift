import ChatProtocol
import Providers

extension UpstreamTarget {
    /// An encoded request on its way here. Where the configuration and the dialect both have a header, the configuration's
    /// goes: whoever wrote it there meant it.
    func transferRequest(_ encoded: EncodedRequest, key: APIKey?) -> TransferRequest {
        var fields = encoded.headers
        if !headers.isEmpty {
            let names = Set(headers.map { $0.name.lowercased() })
            fields = encoded.headers.filter { !names.contains($0.name.lowercased()) } + headers
        }
        return TransferRequest(
            method: .post, url: encoded.url, headers: fields, key: key, keyPlacement: keyPlacement, body: encoded.body,
            route: route)
    }
}
