import BridgeCore
import Testing

@Suite("Above the limit of memory")
struct OverrunTests {
    /// Steps of 100 bytes; beyond 27,200 all fail.
    private static let limit = 25_600

    @Test("one fails at the limit, of those that have grown in the last step before it, then one for each further step")
    func steps() {
        var overrun = Overrun(limit: Self.limit)
        #expect(overrun.verdict(on: Self.limit - 100, turn: 1) == .nobody)
        #expect(overrun.verdict(on: Self.limit - 99, turn: 2) == .nobody)
        #expect(overrun.verdict(on: Self.limit, turn: 3) == .nobody)
        #expect(overrun.verdict(on: Self.limit + 1, turn: 4) == .largest(since: 1))
        #expect(overrun.verdict(on: Self.limit + 101, turn: 5) == .nobody)
        #expect(overrun.verdict(on: Self.limit + 102, turn: 6) == .largest(since: 4))
    }

    @Test("beyond its margin all fail that grow, each time that there is more")
    func margin() {
        var overrun = Overrun(limit: Self.limit)
        #expect(overrun.verdict(on: 27_200, turn: 7) == .largest(since: 6))
        #expect(overrun.verdict(on: 27_200, turn: 8) == .nobody)
        #expect(overrun.verdict(on: 27_201, turn: 9) == .everybody(since: 7))
        #expect(overrun.verdict(on: 27_201, turn: 10) == .nobody)
        #expect(overrun.verdict(on: 27_202, turn: 11) == .everybody(since: 9))
    }

    @Test("what was given back is not given away again, and a step below the limit all begins anew")
    func givenBack() {
        var overrun = Overrun(limit: Self.limit)
        #expect(overrun.verdict(on: 27_000, turn: 1) == .largest(since: 0))
        #expect(overrun.verdict(on: 26_000, turn: 2) == .nobody)
        #expect(overrun.verdict(on: 26_101, turn: 3) == .largest(since: 1))
        #expect(overrun.verdict(on: Self.limit, turn: 4) == .nobody)
        #expect(overrun.verdict(on: Self.limit + 100, turn: 5) == .nobody)
        #expect(overrun.verdict(on: Self.limit - 100, turn: 6) == .nobody)
        #expect(overrun.verdict(on: Self.limit + 1, turn: 7) == .largest(since: 6))
    }
}
