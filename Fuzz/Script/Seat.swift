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

    /// Joins, with a position or without. What is on its way has to be read before: it would be sent again.
    func join(_ session: String, after position: String?) {
        read()
        guard position == nil || !connection.isPaused else { return }
        attempt { try tab.join(session, after: position) }
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
