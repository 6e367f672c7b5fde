import BridgeCore
import BridgeTestKit
import Fuzzing
import Providers

/// What must be true after every turn, and at the end.
extension Stage {
    func judge() {
        for seat in seats {
            seat.read()
            for name in seat.joined {
                let model = seat.tab[name]
                let isCaughtUp = isCaughtUp(model)
                // Whose socket takes everything has everything when a turn ends; who is slow has a beginning of it.
                demand(isCaughtUp || seat.connection.room != nil, "a tab that reads has everything: \(name)")
                judge(model, isCaughtUp: isCaughtUp)
            }
        }
    }

    private func isCaughtUp(_ model: TabModel) -> Bool {
        guard let session = core.node.hub.session(model.session) else { return false }
        return model.epoch == session.log.epoch && model.seq == session.log.head
    }

    private func judge(_ model: TabModel, isCaughtUp: Bool) {
        for (id, request) in model.requests {
            let key = RequestKey(session: model.session, epoch: model.epoch, request: id)
            guard let spoken = role(of: key)?.spoken else { continue }
            for (kind, known) in [
                (Delta.Kind.text, request.text), (.reasoning, request.reasoning), (.refusal, request.refusal),
            ] {
                compare(known, spoken.texts(kind), isCaughtUp, kind, key)
            }
        }
    }

    /// Who is caught up has all that was said, who is not has its beginning.
    private func compare(
        _ known: [Int: String], _ said: [Int: String], _ isCaughtUp: Bool, _ kind: Delta.Kind, _ key: RequestKey
    ) {
        for choice in Set(known.keys).union(said.keys) {
            let (known, said) = (known[choice] ?? "", said[choice] ?? "")
            let isRight = isCaughtUp ? known.utf8.elementsEqual(said.utf8) : said.utf8.starts(with: known.utf8)
            demand(
                isRight,
                "\(kind) of \(key), choice \(choice), is \(known.debugDescription), not \(said.debugDescription)")
        }
    }

    /// Nothing runs any more, and every socket is open: every request has ended.
    func judgeEnd() {
        for seat in seats {
            for name in seat.joined {
                for (id, request) in seat.tab[name].requests {
                    demand(request.terminal != nil, "a request has ended: \(id) of \(name)")
                }
            }
        }
    }
}
