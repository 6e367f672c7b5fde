import BridgeCore
import BridgeTestKit
import Testing

/// Runs one request through `play` and returns its one terminal frame.
func terminal(
    limits: Limits = Limits(), key: String? = nil, _ play: (CoreFixture, FakeTransfer) throws -> Void
) throws -> Frame {
    let core = CoreFixture(limits: limits, key: key)
    let tab = try core.tab()
    try tab.chat("r")
    try play(core, core.upstream.last)
    core.node.flush()
    try tab.read()
    let terminals = tab.frames.filter { $0.isLogFrame && ["end", "aborted", "error"].contains($0.type) }
    #expect(terminals.count == 1 && core.node.hub.runningRequests == 0)
    let late = try core.tab()
    #expect(late.request("r").terminal == tab.request("r").terminal)
    return try #require(terminals.first)
}
