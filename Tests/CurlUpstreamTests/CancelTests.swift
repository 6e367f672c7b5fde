import BridgeCore
import BridgeTestKit
import CurlUpstream
import Glibc
import Testing
import UVLoop

@Suite("Cancel")
struct CancelTests {
    @Test("before anything was done: no connection is made")
    func atOnce() throws {
        try Bench.with { bench in
            let recorder = Recorder()
            bench.start(recorder)
            recorder.transfer?.cancel()
            bench.runIdleTurns()
            #expect(recorder.events.isEmpty)
            #expect(bench.server.connectionCount == 0)
        }
    }

    @Test("during a connect that is not answered")
    func connecting() throws {
        try Bench.with { bench in
            let deaf = try DeafPort()
            let recorder = Recorder()
            bench.start(recorder, url: "http://127.0.0.1:\(deaf.port)/")
            bench.runIdleTurns()
            #expect(recorder.events.isEmpty)
            #expect(openSockets(connectingTo: deaf.port) == deaf.fillerCount + 1)
            recorder.transfer?.cancel()
            #expect(openSockets(connectingTo: deaf.port) == deaf.fillerCount)
            bench.runIdleTurns()
            #expect(recorder.events.isEmpty)
        }
    }

    @Test("during a TLS handshake that is not answered")
    func handshake() throws {
        try Bench.with { bench in
            bench.server.onConnection([.stall])
            let recorder = Recorder()
            bench.start(recorder, url: "https://127.0.0.1:\(bench.server.port)/")
            bench.run(until: { bench.server.connectionCount == 1 })
            bench.runIdleTurns()
            recorder.transfer?.cancel()
            try bench.server.waitForClose(ofConnection: 0)
            bench.runIdleTurns()
            #expect(recorder.events.isEmpty)
        }
    }

    @Test("while waiting for the head: the server sees the close without one more loop turn")
    func beforeHead() throws {
        try Bench.with { bench in
            bench.server.answer([.stall])
            let recorder = Recorder()
            bench.start(recorder)
            bench.run(until: { bench.server.requests.count == 1 && recorder.events == [.connected] })
            recorder.transfer?.cancel()
            let close = try bench.server.waitForClose(ofConnection: 0)
            #expect(close == .byClient)
            bench.runIdleTurns()
            #expect(recorder.events == [.connected])
        }
    }

    @Test("whoever holds the body that was sent may read it when its transfer is gone")
    func body() throws {
        try Bench.with { bench in
            bench.server.answer([.stall])
            let recorder = Recorder()
            bench.start(recorder, body: #"{"messages":[]}"#)
            bench.run(until: { bench.server.requests.count == 1 && recorder.events == [.connected] })
            let body = try #require(recorder.transfer?.requestBody)
            recorder.transfer?.cancel()
            try bench.server.waitForClose(ofConnection: 0)
            bench.runIdleTurns()
            #expect(recorder.transfer?.requestBody == nil)
            recorder.transfer = nil
            var read: [UInt8] = []
            body.read { for index in $0.indices { read.append($0[index]) } }
            #expect(read == Array(#"{"messages":[]}"#.utf8) && body.count == read.count)
        }
    }

    @Test("in the middle of the body: the server sees the close without one more loop turn; twice does nothing")
    func midBody() throws {
        try Bench.with { bench in
            bench.server.answer([.streamHead, .event("1"), .stall])
            let recorder = Recorder()
            bench.start(recorder)
            bench.run(until: { !recorder.body.isEmpty })
            recorder.transfer?.cancel()
            recorder.transfer?.cancel()
            let close = try bench.server.waitForClose(ofConnection: 0)
            #expect(close == .byClient)
            bench.runIdleTurns()
            #expect(recorder.events == [.connected, .head, .bytes])
        }
    }

    @Test("from within each delegate call: the socket closes in the same turn and nothing more is heard")
    func fromWithin() throws {
        for stage in [Recorder.Event.connected, .head, .bytes] {
            try Bench.with { bench in
                bench.server.answer([.streamHead, .event("1"), .event("2"), .stall])
                let recorder = Recorder()
                var isCancelled = false
                let cancel = { [unowned recorder] in
                    isCancelled = true
                    recorder.transfer?.cancel()
                }
                switch stage {
                case .connected: recorder.onConnected = cancel
                case .head: recorder.onHead = cancel
                case .bytes: recorder.onBytes = { _ in cancel() }
                case .ended: break
                }
                var close: ScriptedUpstream.Close?
                bench.onFlush = { [unowned bench] in
                    // The turn that cancelled is ending: no further one may be needed.
                    if isCancelled, close == nil { close = try? bench.server.waitForClose(ofConnection: 0) }
                }
                bench.start(recorder)
                bench.run(until: { isCancelled })
                #expect(close == .byClient || close == .byClientReset)
                bench.runIdleTurns()
                #expect(recorder.events.last == stage)
                #expect(recorder.pieces <= 1)
            }
        }
    }

    @Test("from within the delegate call of another transfer, running or not yet started")
    func ofAnother() throws {
        try Bench.with { bench in
            bench.server.always([.streamHead, .event("x"), .stall])
            let victim = Recorder()
            bench.start(victim)
            bench.run(until: { !victim.body.isEmpty })
            let late = Recorder()
            let killer = Recorder()
            killer.onBytes = { [unowned bench] _ in
                bench.start(late)
                victim.transfer?.cancel()
                late.transfer?.cancel()
            }
            bench.start(killer)
            bench.run(until: { !killer.body.isEmpty })
            try bench.server.waitForClose(ofConnection: 0)
            bench.runIdleTurns()
            #expect(victim.events == [.connected, .head, .bytes])
            #expect(late.events.isEmpty)
            #expect(bench.server.connectionCount == 2)
        }
    }

    @Test("while paused, with held bytes: nothing of them is delivered")
    func whilePaused() throws {
        try Bench.with { bench in
            let burst = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
            bench.server.answer([.head(), .send(burst), .stall])
            let recorder = Recorder()
            bench.onFlush = { [unowned bench] in
                guard recorder.pieces > 2, let transfer = recorder.transfer else { return }
                recorder.transfer = nil
                transfer.cancel()
                bench.onFlush = {}
            }
            bench.start(recorder)
            bench.run(until: { recorder.transfer == nil })
            let count = recorder.body.count
            try bench.server.waitForClose(ofConnection: 0)
            bench.runIdleTurns()
            #expect(recorder.body.count == count)
            #expect(!recorder.hasEnded)
        }
    }

    @Test("after the end it does nothing, and the connection stays for the next request")
    func afterEnd() throws {
        try Bench.with { bench in
            bench.server.always(.chat(["Hi"]))
            let first = Recorder()
            first.onEnd = { [unowned first] in first.transfer?.cancel() }
            bench.complete(first)
            first.transfer?.cancel()
            let second = Recorder()
            bench.complete(second)
            #expect(second.failure == nil)
            #expect(bench.server.connectionCount == 1)
        }
    }

    @Test("a delegate may start transfers from within each of its calls")
    func startFromWithin() throws {
        try Bench.with { bench in
            bench.server.always(.chat(["Hi"]))
            let started = (0..<4).map { _ in Recorder() }
            let recorder = Recorder()
            recorder.onConnected = { [unowned bench] in bench.start(started[0]) }
            recorder.onHead = { [unowned bench] in bench.start(started[1]) }
            var isFirst = true
            recorder.onBytes = { [unowned bench] _ in
                if isFirst { bench.start(started[2]) }
                isFirst = false
            }
            recorder.onEnd = { [unowned bench] in
                bench.start(started[3])
                #expect(started[3].events.isEmpty)
            }
            bench.start(recorder)
            bench.run(until: { recorder.hasEnded && started.allSatisfy(\.hasEnded) })
            #expect(started.allSatisfy { $0.failure == nil })
        }
    }
}

/// This machine's connections that wait for an answer from `port`, as the kernel lists them.
private func openSockets(connectingTo port: UInt16) -> Int {
    guard let file = fopen("/proc/net/tcp", "r") else { return -1 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    var count = 0
    let hex = String(port, radix: 16, uppercase: true)
    let remote = "0100007F:" + String(repeating: "0", count: 4 - hex.count) + hex
    while fgets(&line, 512, file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        // Fields: number, local, remote, state (02 is SYN_SENT, 01 ESTABLISHED).
        if fields.count > 3, fields[2] == remote, fields[3] == "02" || fields[3] == "01" { count += 1 }
    }
    return count
}
