import BridgeTestKit
import Testing

@Suite("Interleavings, by chance")
struct InterleavingTests {
    @Test(
        "every tab knows what the upstream said, in one order, with one terminal, and in the end nothing is left",
        arguments: Seeds.of(60))
    func life(seed: UInt64) throws {
        try RandomWorld(seed: seed).live(steps: 250)
    }
}
