/// An HTTP/1.1 response as it came, for tests.
package struct HTTPResponse {
    package var status: Int
    /// Names in lower case, values trimmed.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    /// The first value of a header, by its lower-case name.
    package subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// One request on a connection of its own.
package enum HTTPExchange {
    /// `GET` (or `method`) of `path`. `headers` may replace the Host header. A body is read to its Content-Length, or to
    /// the end of the stream.
    package static func get(
        _ path: String, host: String = "127.0.0.1", port: UInt16, method: String = "GET",
        headers: [(name: String, value: String)] = [], timeout: Duration = .seconds(10)
    ) throws -> HTTPResponse {
        var lines = ["\(method) \(path) HTTP/1.1"]
        if !headers.contains(where: { $0.name.lowercased() == "host" }) {
            lines.append("Host: \(host.contains(":") ? "[\(host)]" : host):\(port)")
        }
        lines += headers.map { "\($0.name): \($0.value)" }
        lines.append("Connection: close")
        let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        return try raw(request, host: host, port: port, hasBody: method != "HEAD", timeout: timeout)
    }

    /// Sends `request` byte for byte and reads one response.
    package static func raw(
        _ request: [UInt8], host: String = "127.0.0.1", port: UInt16, hasBody: Bool = true,
        timeout: Duration = .seconds(10)
    ) throws -> HTTPResponse {
        let deadline = ContinuousClock.now + timeout
        let socket = try TestSocket(host: host, port: port, timeout: timeout)
        try socket.write(request, until: deadline)
        var buffer: [UInt8] = []
        return try readResponse(from: socket, buffer: &buffer, hasBody: hasBody, until: deadline)
    }

    /// Reads one response; what followed it stays in `buffer`.
    package static func readResponse(
        from socket: TestSocket, buffer: inout [UInt8], hasBody: Bool, until deadline: ContinuousClock.Instant
    ) throws -> HTTPResponse {
        var end = endOfHead(in: buffer)
        while end == nil {
            guard try socket.read(into: &buffer, until: deadline) else {
                throw TestSocket.Failure(
                    "the stream ended \(socket.wasReset ? "(reset) " : "")in a response's head: "
                        + String(decoding: buffer, as: UTF8.self))
            }
            end = endOfHead(in: buffer)
        }
        var response = try head(buffer[..<end!])
        buffer.removeFirst(end!)
        guard hasBody, response.status != 101, response.status != 204, response.status != 304 else { return response }
        let length = response["content-length"].flatMap { Int($0) }
        while length.map({ buffer.count < $0 }) ?? true {
            guard try socket.read(into: &buffer, until: deadline) else {
                guard length == nil else {
                    throw TestSocket.Failure("the stream ended after \(buffer.count) of \(length!) bytes")
                }
                break
            }
        }
        let count = length ?? buffer.count
        response.body = Array(buffer[..<count])
        buffer.removeFirst(count)
        return response
    }

    private static func endOfHead(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let end: [UInt8] = [13, 10, 13, 10]
        return (4...bytes.count).first { bytes[($0 - 4)..<$0].elementsEqual(end) }
    }

    private static func head(_ bytes: ArraySlice<UInt8>) throws -> HTTPResponse {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0", let status = Int(words[1]) else {
            throw TestSocket.Failure("no status line: \(lines[0])")
        }
        let headers = try lines.dropFirst().map { line in
            guard let colon = line.firstIndex(of: ":") else { throw TestSocket.Failure("no header field: \(line)") }
            var value = line[line.index(after: colon)...]
            while value.first == " " { value.removeFirst() }
            while value.last == " " { value.removeLast() }
            return (name: line[..<colon].lowercased(), value: String(value))
        }
        return HTTPResponse(status: status, headers: headers, body: [])
    }
}
