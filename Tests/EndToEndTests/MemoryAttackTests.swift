import BridgeTestKit
import Testing

/// Clients that try to fill the server's memory. Each test says what it may cost, as a sum.
@Suite("Memory under attack")
struct MemoryAttackTests {
    private static let kilobyte = String(repeating: "0123456789abcdef", count: 64)

    @Test("tabs that never read a long answer cost one message each, not the answer", arguments: [100])
    func neverReading(count: Int) throws {
        let attack = try Attack()
        let crowd = try attack.crowd(count, joining: "s")
        try attack.settle()
        let tab = try Tab.joined(attack.server.port, session: "s")
        #expect(tab.model.frames.first?["tabs"] == count + 1)
        let pieces = Array(repeating: Self.kilobyte, count: 4 << 10)
        attack.upstream.answer(.chat(pieces)) { $0.asks(forModel: "long") }
        try tab.chat("r", model: "long")
        try attack.expectHealth()
        try tab.waitForEnd(of: "r")
        #expect(tab.answer("r").utf8.count == 4 * Attack.mebibyte, "who reads gets all of it")
        try attack.settle(stalledSockets: count)
        for socket in crowd + [tab.socket] { socket.disconnect() }
        // The answer's text, twice while its array grows, and the tail (`--tail-bytes`), the same.
        try attack.end(
            "\(count) tabs that never read 4 MiB",
            bound: count * Attack.stalledTab + 2 * (4 + 1) * Attack.mebibyte + Attack.slack)
    }

    @Test("a snapshot of 1 MiB that many join and none reads is held once", arguments: [150])
    func snapshotForMany(count: Int) throws {
        let attack = try Attack()
        let tab = try Tab.joined(attack.server.port, session: "s")
        attack.upstream.answer(.chat(Array(repeating: Self.kilobyte, count: 1 << 10))) { $0.asks(forModel: "long") }
        try tab.chat("r", model: "long")
        try tab.waitForEnd(of: "r")
        let crowd = try attack.crowd(count, joining: "s")
        try attack.settle(stalledSockets: count)
        let late = try Tab.joined(attack.server.port, session: "s")
        #expect(late.answer("r").utf8.count == Attack.mebibyte)
        for socket in crowd + [tab.socket, late.socket] { socket.disconnect() }
        // The answer, the tail, and the snapshot with the pieces that it is made of.
        try attack.end(
            "\(count) joins of a 1 MiB snapshot",
            bound: count * Attack.stalledTab + (2 + 2 + 4) * Attack.mebibyte + Attack.slack)
    }

    @Test("nor is one of 6 MiB held once for each that joins after a little has changed", arguments: [25])
    func snapshotsOfChange(count: Int) throws {
        let attack = try Attack()
        let tab = try Tab.joined(attack.server.port, session: "s")
        // More than the kernel keeps for a socket.
        let pieces = Array(repeating: String(repeating: Self.kilobyte, count: 16), count: 6 << 6)
        attack.upstream.answer(.chat(pieces)) { $0.asks(forModel: "long") }
        try tab.chat("r", model: "long")
        try tab.waitForEnd(of: "r")
        attack.upstream.always(.chat(["x"])) { $0.asks(forModel: "short") }
        var crowd: [WebSocketClient] = []
        for index in 0..<count {
            // Not stored: it does not replace what the transcript shows.
            try tab.chat("change-\(index)", model: "short", more: #","store":false"#)
            try tab.waitForEnd(of: "change-\(index)")
            crowd += try attack.crowd(1, joining: "s")
            try attack.turn()
        }
        try attack.settle(stalledSockets: count)
        for socket in crowd + [tab.socket] { socket.disconnect() }
        // The answer, twice while its array grows; the tail, the same; a snapshot or two, and what they are made of.
        try attack.end(
            "\(count) joins of a 6 MiB snapshot, each after a change",
            bound: count * Attack.stalledTab + ((2 + 6) * 6 + 2) * Attack.mebibyte + Attack.slack)
    }

    @Test(
        "an answer at its limit ends with upstream_protocol, is shown, and is held a few times at most", arguments: [2])
    func longestAnswer(mebibytes: Int) throws {
        let attack = try Attack(["--max-answer-bytes", "\(mebibytes)MiB"])
        let tab = try Tab.joined(attack.server.port, session: "s")
        let piece = String(repeating: Self.kilobyte, count: 16)
        attack.upstream.answer(.chat(Array(repeating: piece, count: mebibytes * 64 + 64))) { $0.asks(forModel: "long") }
        try tab.chat("r", model: "long")
        try attack.expectHealth()
        #expect(try tab.waitForEnd(of: "r") == "error")
        #expect(tab.model.requests["r"]?.errorCode == "upstream_protocol")
        #expect(tab.answer("r").utf8.count == mebibytes * Attack.mebibyte + piece.utf8.count, "what there was stays")
        let crowd = try attack.crowd(20, joining: "s")
        try attack.settle(stalledSockets: 20)
        for socket in crowd + [tab.socket] { socket.disconnect() }
        // The answer, twice while its array grows; the snapshot, and what it is made of: message, list, object.
        try attack.end(
            "an answer of \(mebibytes) MiB, joined by 20",
            bound: 20 * Attack.stalledTab + (2 + 4) * mebibytes * Attack.mebibyte + Attack.slack)
    }

    @Test("commands that are sent in megabytes by peers that do not read wait in a bounded room", arguments: [48])
    func commandFlood(count: Int) throws {
        // What waits in the server is bounded by the same limit as what has not come whole.
        let attack = try Attack(["--max-incomplete-bytes", "4MiB"])
        let pings = Array(repeating: #"{"type":"ping"}"#, count: 65_000).joined(separator: "\n")
        let flood = WebSocketFrame(opcode: WebSocketFrame.Opcode.text, payload: Array(pings.utf8)).bytes
        let crowd = try (0..<count).map { _ in
            let socket = try WebSocketClient(port: attack.server.port, receiveBuffer: 4096)
            // Who is refused the room is closed, perhaps while it still sends.
            _ = try? socket.sendRaw(flood)
            return socket
        }
        try attack.settle(stalledSockets: count)
        try attack.expectHealth()
        for socket in crowd { socket.disconnect() }
        // Each: answers up to 256 KiB, and one message that the socket has not taken.
        try attack.end(
            "\(count) floods of 1 MiB of pings",
            bound: count * (256 << 10 + Attack.stalledTab) + 2 * 4 * Attack.mebibyte + Attack.slack)
    }

    @Test("chats of megabytes are too many when the sessions' memory is full", arguments: [10])
    func largeChats(count: Int) throws {
        let limit = 6
        // A debug build takes its time for them.
        let attack = try Attack(["--memory-limit", "\(limit)MiB", "--peer-timeout", "10m"])
        attack.upstream.always([.stall]) { $0.asks(forModel: "large") }
        let text = String(repeating: Self.kilobyte, count: 1 << 10)
        var refused = 0
        var tabs: [Tab] = []
        for index in 0..<count {
            let tab = try Tab.joined(attack.server.port, session: "s\(index)")
            tabs.append(tab)
            try tab.chat("r\(index)", model: "large", more: #","params":{"user":"\#(text)"}"#)
            let answer = try tab.wait { $0.type == "accepted" || $0.type == "error" }
            if answer.type == "error" {
                #expect(answer.code == "too_many_requests")
                refused += 1
            }
        }
        #expect(refused > 0 && refused < count, "\(refused) of \(count)")
        for tab in tabs { tab.socket.disconnect() }
        // The limit; and for one message at a time what it is on its way to become: message, parts, body, frame.
        try attack.end(
            "\(count) chats of 1 MiB, limit \(limit) MiB", bound: (limit + 8) * Attack.mebibyte + Attack.slack)
    }

    @Test(
        "sessions that are only joined are bounded in number, cost a few kilobytes, and go with their tabs",
        arguments: [1_000])
    func manySessions(count: Int) throws {
        let attack = try Attack(["--max-sessions", "\(count)"])
        var sockets: [WebSocketClient] = []
        for connection in 0..<(count / 500 + 1) {
            let socket = try WebSocketClient(port: attack.server.port, timeout: .seconds(60))
            sockets.append(socket)
            let joins = (0..<500).map { #"{"type":"join","session":"many-\#(connection)-\#($0)"}"# }
            try socket.send(joins.joined(separator: "\n"))
            var (joined, refused) = (0, 0)
            while joined + refused < 500 {
                for frame in try Frame.frames(of: socket.receiveText()) {
                    if frame.type == "joined" { joined += 1 }
                    if frame.code == "too_many_requests" { refused += 1 }
                }
            }
            // The healthy tab has one of them.
            #expect(refused == max(0, (connection + 1) * 500 - count + 1) - max(0, connection * 500 - count + 1))
        }
        for socket in sockets { socket.disconnect() }
        try attack.end("\(count) sessions", bound: count * 4 << 10 + Attack.slack)
    }

    @Test("handshakes that are begun and not ended are dropped after their time", arguments: [200])
    func halfHandshakes(count: Int) throws {
        let attack = try Attack(["--handshake-timeout", "1s"])
        let half = Array("GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Filler: \(Self.kilobyte)\r\n".utf8)
        let sockets = try (0..<count).map { _ in
            let socket = try TestSocket(port: attack.server.port, timeout: .seconds(10))
            try socket.write(half, until: .now + .seconds(10))
            return socket
        }
        try attack.expectHealth()
        for socket in sockets {
            var answer: [UInt8] = []
            while try socket.read(into: &answer, until: .now + .seconds(20)) {}
        }
        for socket in sockets { socket.close() }
        // Each: the connection, and what has come of its head.
        try attack.end("\(count) half handshakes", bound: count * 16 << 10 + Attack.slack)
    }
}

/// The same in the sizes of the threat model.
@Suite("Memory under attack, in full size", .enabled(if: Attack.isFullSize, Attack.skipped))
struct FullSizeAttackTests {
    private let attacks = MemoryAttackTests()

    @Test("1,000 tabs that never read") func neverReading() throws { try attacks.neverReading(count: 1_000) }
    @Test("1,000 joins of 1 MiB") func snapshotForMany() throws { try attacks.snapshotForMany(count: 1_000) }
    @Test("200 joins of 6 MiB, each after a change") func changes() throws { try attacks.snapshotsOfChange(count: 200) }
    @Test("an answer of 16 MiB") func longestAnswer() throws { try attacks.longestAnswer(mebibytes: 16) }
    @Test("200 floods of commands") func commandFlood() throws { try attacks.commandFlood(count: 200) }
    @Test("100 chats of 1 MiB") func largeChats() throws { try attacks.largeChats(count: 100) }
    @Test("10,000 sessions") func manySessions() throws { try attacks.manySessions(count: 10_000) }
    @Test("1,000 half handshakes") func halfHandshakes() throws { try attacks.halfHandshakes(count: 1_000) }
}
