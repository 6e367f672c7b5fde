import BridgeCore
import Foundation

/// Reads the way to an upstream: `proxy`, `ca_file`, `http`.
struct RouteReader {
    /// The configuration's folder, to which relative paths belong; with a slash at its end, or empty.
    var folder: String

    func read(_ upstream: FileMapping) -> TransferRoute {
        TransferRoute(
            proxy: upstream["proxy"].flatMap(proxy), caFile: upstream["ca_file"].flatMap(caFile),
            httpVersion: upstream["http"]?.choice() ?? .automatic)
    }

    /// `none` for no proxy whatever the environment says; else a URL.
    private func proxy(_ value: FileValue) -> String? {
        guard let text = value.text() else { return nil }
        if text == "none" { return "" }
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, let scheme = parts.scheme,
            ["http", "https", "socks5", "socks5h"].contains(scheme), parts.path.isEmpty || parts.path == "/",
            parts.query == nil, parts.fragment == nil
        else {
            value.refuse("must be none, or a URL such as http://127.0.0.1:3128.")
            return nil
        }
        guard parts.user == nil, parts.password == nil else {
            value.refuse(
                "a proxy's password does not belong into the file; set https_proxy in the environment instead.")
            return nil
        }
        return text
    }

    private func caFile(_ value: FileValue) -> String? {
        guard let text = value.text() else { return nil }
        let path = text.hasPrefix("/") ? text : folder + text
        do throws(FileText.Failure) {
            let file = try FileText(path: path, maxBytes: 16 * 1024 * 1024)
            if !String(decoding: file.bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") {
                value.refuse("the file has no PEM certificate in it.")
            }
        } catch {
            value.refuse("the file \(error.reason).")
        }
        return path
    }
}
