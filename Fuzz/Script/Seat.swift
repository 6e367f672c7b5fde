import BridgeCore
import BridgeTestKit
import Fuzzing

/// A tab in the play: a careful client that reads when the script lets it, and knows what it has joined.
final class Seat {
    private(set) var tab: Tab
    /// Sessions whose `joined` it has read.
    private(set) var joined: Set<String> = []
    private var absorbedFrames = 0

    init(_ core: CoreFixture, sessions: [String], room: Int?) {
        tab = Tab(core, sessions: sessions, room: room)
    }

    var connection: FakeConnection { tab.connection }

    /// Takes what has come. Every message is judged on the way.
    func read() {
        attempt { try tab.read() }
    }

    /// Joins, with a position or without. A position is what it knows once every earlier join has been answered and read:
    /// what a second one is answered with would be sent again.
    func join(_ session: String, in core: CoreFixture, after position: (TabModel) -> String?) {
        core.node.flush()
        read()
        let after = position(tab[session])
        guard after == nil || (connection.isWritable && !connection.isPaused) else { return }
        attempt { try tab.join(session, after: after) }
    }

    func leave() {
        read()
        tab.disconnect()
        joined = []
    }

    /// A new connection takes up where the last one was.
    func comeBack(room: Int?) {
        absorbedFrames = 0
        attempt { tab = try tab.reconnected(room: room) }
    }

    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            demand(false, "\(error)")
        }
        for frame in tab.frames[absorbedFrames...] {
            guard let session = frame.session else { continue }
            if frame.type == "joined" { joined.insert(session) }
            if frame.type == "left" { joined.remove(session) }
        }
        absorbedFrames = tab.frames.count
    }
}
