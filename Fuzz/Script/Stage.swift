import BridgeCore
import BridgeTestKit
import Foundation
import Fuzzing

/// The core among fakes, and who plays with it: tabs and upstreams.
final class Stage {
    static let maxActions = 300
    static let maxSeats = 6
    static let sessions = ["a", "b", "c"]

    let core: CoreFixture
    private(set) var seats: [Seat] = []
    private(set) var roles: [Role] = []
    /// A drain has come to its end: the server is gone.
    private(set) var isOver = false
    private var noticedTransfers = 0

    init(limits preset: LimitPreset) {
        core = CoreFixture(limits: preset.limits)
        sit(sessions: ["a", "b"], room: nil)
    }

    /// One action; its high bit says that others follow in the same turn of the loop.
    func act(_ action: UInt8, _ script: inout Input) {
        perform(action & 0x7F, &script)
        noticeTransfers()
        guard action & 0x80 == 0 else { return }
        core.node.flush()
        noticeTransfers()
        clearSeats()
        judge()
    }

    private func perform(_ action: UInt8, _ script: inout Input) {
        switch action % 20 {
        case 0: sit(sessions: Self.sessions.filter { _ in script.flip() }, room: script.room())
        case 1...3: command(seat(&script), &script)
        case 4: if let seat = seat(&script) { join(seat, &script) }
        case 5: seat(&script)?.connection.makeRoom(script.room())
        case 6: core.node.tick()
        case 7:
            if let seat = seat(&script) {
                seat.leave()
                seat.comeBack(room: script.room())
            }
        case 8:
            if let seat = seat(&script) {
                seat.leave()
                seats.removeAll { $0 === seat }
            }
        case 9...14: if let role = role(&script) { play(role, &script) }
        case 15: role(&script)?.end()
        case 16: role(&script)?.fail()
        case 17, 18: core.advance(by: [1, 300, 1_000, 3_500, 11_000, 65_000][script.below(6)])
        default: if script.below(8) == 0 { core.node.drain { [weak self] in self?.isOver = true } }
        }
    }

    // MARK: Who is there

    func seat(_ script: inout Input) -> Seat? {
        seats.isEmpty ? nil : seats[script.below(seats.count)]
    }

    /// One of the newest.
    func role(_ script: inout Input) -> Role? {
        let newest = roles.suffix(8)
        return newest.isEmpty ? nil : newest[newest.startIndex + script.below(newest.count)]
    }

    private func sit(sessions: [String], room: Int?) {
        guard seats.count < Self.maxSeats else { return }
        seats.append(Seat(core, sessions: sessions, room: room))
    }

    /// Tabs that the server has closed go, as their sockets would.
    private func clearSeats() {
        for seat in seats where seat.connection.closed != nil { seat.leave() }
        seats.removeAll { $0.connection.closed != nil }
    }

    // MARK: Transfers

    /// Finds out which requests new transfers are for: each prompt ends in its request's name.
    private func noticeTransfers() {
        for transfer in core.upstream.transfers[noticedTransfers...] {
            roles.append(Role(transfer, request: transfer.request.method == .post ? key(in: transfer.body) : nil))
        }
        noticedTransfers = core.upstream.transfers.count
    }

    private func key(in body: String) -> RequestKey? {
        let words = body.components(separatedBy: "q/").last?.prefix { $0 != "\"" }.split(separator: "/") ?? []
        guard words.count >= 2, let session = core.node.hub.session(String(words[0])) else {
            demand(false, "a request's session is there: \(body.suffix(200))")
            return nil
        }
        return RequestKey(session: session.id, epoch: session.log.epoch, request: String(words[1]))
    }

    func role(of key: RequestKey) -> Role? { roles.last { $0.request == key } }

    // MARK: The end

    /// Everything is stopped and everybody leaves: then nothing is left.
    func end() {
        clearSeats()
        for seat in seats { seat.connection.makeRoom() }
        core.node.flush()
        takeWaitingCommands()
        noticeTransfers()
        judge()
        core.node.interruptAll()
        judge()
        judgeEnd()
        for seat in seats { seat.leave() }
        core.advance(by: 25_000)
        core.node.tick()
        let hub = core.node.hub
        demand(hub?.runningTransfers == 0 && hub?.clientCount == 0, "nothing runs, and nobody is here")
        guard core.node.limits.sessionTTL <= 25_000 else { return }
        demand(hub?.sessionCount == 0 && hub?.countedBytes == 0, "no memory is held")
        demand(core.timers.pendingCount == 0, "no timer is left")
    }

    /// Commands wait where a turn had no time for them. They are taken before everything is stopped: a chat among them would
    /// start afterwards, and outlive its tab.
    private func takeWaitingCommands() {
        for _ in 0..<(2 * Self.maxActions) where core.node.hub.inputBytes > 0 {
            core.timers.advance(by: 0)
            core.node.flush()
        }
        demand(core.node.hub.inputBytes == 0, "whoever has room is not kept waiting")
    }
}
