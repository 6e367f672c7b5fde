import ChatProtocol
import Providers

extension UpstreamTarget {
    /// An encoded request on its way here.
    func transferRequest(_ encoded: EncodedRequest, key: APIKey?) -> TransferRequest {
        TransferRequest(
            method: .post, url: encoded.url, headers: headers(over: encoded.headers), key: key,
            keyPlacement: keyPlacement, body: encoded.body, route: route)
    }

    /// Where the configuration and the dialect both have a header, the configuration's goes: whoever wrote it there meant
    /// it.
    func headers(over fields: [(name: String, value: String)]) -> [(name: String, value: String)] {
        guard !headers.isEmpty else { return fields }
        let names = Set(headers.map { $0.name.lowercased() })
        return fields.filter { !names.contains($0.name.lowercased()) } + headers
    }
}
