import BridgeCore
import Fuzzing
@testable import WebSocketServer

/// Any bytes as the head of an HTTP request: what is accepted could not have been understood otherwise by anyone before
/// us, and what comes of it holds nothing that could end a line.
@_cdecl("LLVMFuzzerTestOneInput")
package func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(Input(start, count).text)
    let head: RequestHead
    do throws(HTTPReply) {
        head = try RequestHead(bytes)
    } catch {
        demand([400, 505].contains(error.status), "a head is refused with 400 or 505, not \(error.status)")
        return 0
    }
    judgeForm(bytes)
    demand(head.target.path.hasPrefix("/"), "a path begins with a slash")
    judgeText(head.target.path)
    judge(head.handshake(isUpgrade: true), isHTTP11: head.isHTTP11)
    judge(AcceptEncoding(head["accept-encoding"]))
    demand(!head.keepsAlive || (head.isHTTP11 && !head.hasBody), "nothing follows a body")
    for name in ["host", "origin", "connection", "upgrade", "sec-websocket-key", "content-length"] {
        if let value = head[name] { judgeText(value) }
    }
    return 0
}

/// Lines end in CR LF and nothing else, fields have names, and there is one Host at most.
private func judgeForm(_ bytes: [UInt8]) {
    demand(bytes.suffix(4) == Array("\r\n\r\n".utf8), "a head ends in an empty line")
    let lines = bytes.dropLast(4).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var hosts = 0
    for (index, line) in lines.enumerated() {
        let isLast = index == lines.count - 1
        let content = isLast ? line : line.dropLast()
        demand(isLast || line.last == UInt8(ascii: "\r"), "a line ends in CR LF")
        demand(!content.contains(UInt8(ascii: "\r")), "a CR is the end of a line")
        guard index > 0 else { continue }
        let name = String(decoding: content.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
        demand(!name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a field has a name")
        if name.lowercased() == "host" { hosts += 1 }
    }
    demand(hosts <= 1, "a request has one Host")
}

private func judge(_ handshake: Handshake, isHTTP11: Bool) {
    demand(!isHTTP11 || handshake.host != nil, "HTTP/1.1 has a Host")
    for session in handshake.sessions { judgeText(session) }
    for name in handshake.subprotocols {
        judgeText(name)
        demand(!name.isEmpty && !name.contains(","), "a subprotocol is an element of a list")
    }
    if let host = handshake.host { judgeText(host) }
    let policy = AccessPolicy(boundHost: "127.0.0.1")
    if policy.serves(host: handshake.host) { _ = policy.allows(origin: handshake.origin, host: handshake.host) }
}

/// What is chosen was there to choose, and would be taken alone, too.
private func judge(_ accepted: AcceptEncoding) {
    for available in [[.identity], [.gzip, .identity], [.brotli, .gzip, .identity]] as [[ContentCoding]] {
        guard let best = accepted.best(of: available) else { continue }
        demand(available.contains(best), "a coding is chosen of those that are there")
        demand(accepted.best(of: [best]) == best, "what is best among others is good enough alone")
    }
}

private func judgeText(_ text: String) {
    demand(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }, "a text holds no control character")
}
