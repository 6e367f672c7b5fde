import BridgeCore
import BridgeTestKit
import Testing

@Suite("Presence")
struct PresenceTests {
    private func tabs(_ frames: [Frame]) -> [Int?] { frames.of("presence").map { $0["tabs"] } }

    @Test("a change is told to those who do not know it")
    func change() throws {
        let core = CoreFixture()
        let one = try core.tab()
        core.advance(by: 1000)
        let two = try core.tab()
        #expect(two.frames.of("joined").first?["tabs"] == 2)
        #expect(try tabs(one.read()) == [2])
        #expect(tabs(two.frames).isEmpty, "joined said it")
        core.advance(by: 1000)
        two.disconnect()
        #expect(try tabs(one.read()) == [1])
    }

    @Test("at most once a second, and then the latest value")
    func rate() throws {
        let core = CoreFixture()
        let one = try core.tab()
        core.advance(by: 1000)
        try one.read()
        var others: [Tab] = []
        for _ in 0..<10 { others.append(try core.tab()) }
        #expect(try tabs(one.read()) == [2])
        others.removeLast().disconnect()
        core.advance(by: 900)
        #expect(try tabs(one.read()) == [])
        core.advance(by: 100)
        #expect(try tabs(one.read()) == [10])
        core.advance(by: 5000)
        #expect(try tabs(one.read()) == [])
    }

    @Test("a number that went and came back is not told")
    func backAgain() throws {
        let core = CoreFixture()
        let one = try core.tab()
        _ = try core.tab().disconnect()
        core.advance(by: 1000)
        try one.read()
        let other = try core.tab()
        try one.read()
        other.disconnect()
        core.advance(by: 3000)
        #expect(try tabs(one.read()) == [])
    }

    @Test("a tab that takes nothing hears the latest number when it reads again")
    func slow() throws {
        let core = CoreFixture()
        let one = try core.tab()
        core.advance(by: 1000)
        try one.read()
        one.connection.makeRoom(0)
        var others: [Tab] = []
        for _ in 0..<3 {
            others.append(try core.tab())
            core.advance(by: 1000)
        }
        one.connection.makeRoom()
        core.node.flush()
        #expect(try tabs(one.read()).last == 4)
    }
}
