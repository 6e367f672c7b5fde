import Glibc
import Testing
import UVLoop

@testable import CurlUpstream

@Suite("Watched sockets")
struct SocketTableTests {
    private func pair() throws -> (near: Int32, far: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return (ends[0], ends[1])
    }

    @Test("a descriptor that was closed without a word and opened again is watched as before")
    func reopened() throws {
        let loop = try UVLoop()
        var table = SocketTable(loop: loop)
        let old = try pair()
        let new = try pair()
        var reports = 0
        try table.watch(old.near, for: .readable) { { _, _ in reports += 1 } }
        loop.runNoWait()
        // What curl does where a connect fails and the next address is tried.
        let number = old.near
        // In one step: between a close and an open another thread's test could be given the number, and lose it to this one.
        try #require(dup2(new.near, number) == number)
        close(new.near)
        try table.opened(number)
        write(new.far, "x", 1)
        loop.runNoWait()
        #expect(reports == 1)
        table.removeAll()
        #expect(loop.close() == 0)
        for descriptor in [number, old.far, new.far] { close(descriptor) }
    }

    @Test("after remove nothing is reported, and the descriptor is free for others")
    func removed() throws {
        let loop = try UVLoop()
        var table = SocketTable(loop: loop)
        let ends = try pair()
        try table.watch(ends.near, for: .writable) { { _, _ in Issue.record("reported after remove") } }
        table.remove(ends.near)
        table.remove(ends.near)
        var reports = 0
        let poll = try loop.makePoll(fileDescriptor: ends.near)
        poll.start(.writable) { _, _ in reports += 1 }
        table.removeAll()
        loop.runNoWait()
        #expect(reports == 1)
        poll.close()
        #expect(loop.close() == 0)
        close(ends.near)
        close(ends.far)
    }

    @Test("events translate both ways, and a negative status is an error for curl")
    func events() {
        #expect(UVPoll.Events(curlPoll: 1) == .readable)
        #expect(UVPoll.Events(curlPoll: 2) == .writable)
        #expect(UVPoll.Events(curlPoll: 3) == [.readable, .writable])
        #expect(UVPoll.Events([.readable, .writable]).curlSelect(status: 0) == 3)
        #expect(UVPoll.Events([]).curlSelect(status: -9) == 4)
    }
}
