import BridgeTestKit
import Foundation
import LoadKit
import Testing
import UVLoop

/// A source, its loop, and one client by hand, all on the test's thread.
final class SourceBench {
    let loop: UVLoop
    let source: PacedSource
    private var client: Int32

    init() throws {
        loop = try UVLoop()
        source = try PacedSource(loop: loop)
        source.keepsHashes = true
        client = LoopbackSocket.connecting(to: source.port)
    }

    deinit { closeClient() }

    func closeClient() {
        if client >= 0 { close(client) }
        client = -1
    }

    func end() {
        closeClient()
        source.close()
        #expect(loop.close() == 0, "still open: \(loop.openHandles)")
    }

    func send(model: String, key: String = "key") throws {
        let body =
            #"{"model":"\#(model)","messages":[{"role":"user","content":"x"},{"role":"user","content":"\#(key)"}]}"#
        let head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        // Byte by byte, as a slow network would.
        for byte in (head + body).utf8 {
            try run {
                withUnsafeBytes(of: byte) { Foundation.send(client, $0.baseAddress, 1, Int32(MSG_NOSIGNAL)) } == 1
            }
        }
    }

    /// Runs the loop until `condition` holds.
    func run(until condition: () -> Bool) throws {
        let deadline = MonotonicClock.now() + 10_000_000_000
        while !condition() {
            loop.runNoWait()
            try #require(MonotonicClock.now() < deadline, "waited 10 s in vain")
        }
    }

    /// Reads until `isWhole`, or the stream's end.
    func read(until isWhole: (String) -> Bool) throws -> String {
        var bytes: [UInt8] = []
        var hasEnded = false
        var buffer = [UInt8](repeating: 0, count: 65_536)
        try run {
            let count = recv(client, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { bytes += buffer[..<count] }
            hasEnded = count == 0 || (count < 0 && errno != EAGAIN)
            return hasEnded || (count > 0 && isWhole(String(decoding: bytes, as: UTF8.self)))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The `data` of each event of a chunked answer; checks the chunks on the way.
    static func events(_ answer: String) throws -> [String] {
        let head = try #require(answer.range(of: "\r\n\r\n"))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        var rest = Array(answer[head.upperBound...].utf8)[...]
        var body: [UInt8] = []
        while let lineEnd = rest.firstIndex(of: 0x0D) {
            let size = try #require(Int(String(decoding: rest[..<lineEnd], as: UTF8.self), radix: 16))
            let start = lineEnd + 2
            body += rest[start..<(start + size)]
            try #require(Array(rest[(start + size)..<(start + size + 2)]) == [0x0D, 0x0A])
            rest = rest[(start + size + 2)...]
        }
        return String(decoding: body, as: UTF8.self).split(separator: "\n\n").map { event in
            #expect(event.hasPrefix("data: "))
            return String(event.dropFirst(6))
        }
    }
}
