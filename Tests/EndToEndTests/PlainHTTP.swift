import Foundation
import Glibc

/// One HTTP/1.1 request on a connection of its own, with nothing between the test and the bytes.
///
/// Blocking; every wait ends after ten seconds of silence.
final class PlainHTTP {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Response {
        var status = 0
        /// Names in lower case.
        var headers: [String: String] = [:]
        var body = ""
        /// Whether the body ended as its framing says (RFC 9112 section 8).
        var isComplete = false

        /// The `data` of each event.
        var events: [String] {
            body.components(separatedBy: "\n\n").compactMap { $0.hasPrefix("data: ") ? String($0.dropFirst(6)) : nil }
        }
    }

    private let descriptor: Int32
    private var bytes: [UInt8] = []

    /// Sends a request to `url`: a `POST` where there is a body.
    init(_ url: String, body: String? = nil) throws {
        guard let parts = URLComponents(string: url), let host = parts.host, let port = parts.port else {
            throw Failure(description: "\(url) has no host or port")
        }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(description: "connect: \(String(cString: strerror(errno)))") }
        var request = "\(body == nil ? "GET" : "POST") \(parts.path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        if let body { request += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        request += "\r\n" + (body ?? "")
        let sent = Array(request.utf8).withUnsafeBytes {
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == request.utf8.count else { throw Failure(description: "the request was not taken whole") }
    }

    deinit { close(descriptor) }

    /// Reads until `text` has come.
    func read(until text: String) throws {
        while !String(decoding: bytes, as: UTF8.self).contains(text) {
            guard try readMore() else { throw Failure(description: "the stream ended before “\(text)”") }
        }
    }

    /// Reads to the end of the stream.
    func response() throws -> Response {
        while try readMore() {}
        var response = Response()
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n\r\n", maxSplits: 1)
        let head = parts[0].components(separatedBy: "\r\n")
        response.status = Int(head[0].split(separator: " ")[1]) ?? 0
        for line in head.dropFirst() {
            let field = line.split(separator: ":", maxSplits: 1)
            response.headers[field[0].lowercased()] = field[1].trimmingCharacters(in: .whitespaces)
        }
        let raw = Array(bytes.dropFirst(parts[0].utf8.count + 4))
        if response.headers["transfer-encoding"] == "chunked" {
            (response.body, response.isComplete) = Self.joinChunks(raw)
        } else {
            response.body = String(decoding: raw, as: UTF8.self)
            response.isComplete = response.headers["content-length"] == "\(raw.count)"
        }
        return response
    }

    /// Leaves without a word.
    func abandon() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func readMore() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count >= 0 else { throw Failure(description: "recv: \(String(cString: strerror(errno)))") }
        bytes += piece.prefix(count)
        return count > 0
    }

    /// RFC 9112 section 7.1; false where the last chunk is missing.
    private static func joinChunks(_ raw: [UInt8]) -> (body: String, isComplete: Bool) {
        var body: [UInt8] = []
        var rest = raw[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\r")) {
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) ?? 0
            if size == 0 { return (String(decoding: body, as: UTF8.self), true) }
            let chunk = rest.dropFirst(end - rest.startIndex + 2)
            body += chunk.prefix(size)
            rest = chunk.dropFirst(size + 2)
        }
        return (String(decoding: body, as: UTF8.self), false)
    }
}
