/// Sessions with queued or running requests, in no order. Owned by the hub; on the loop thread.
struct BusySessions {
    private(set) var all: [Session] = []

    mutating func insert(_ session: Session) {
        guard session.busyIndex == nil else { return }
        session.busyIndex = all.count
        all.append(session)
    }

    mutating func remove(_ session: Session) {
        guard let index = session.busyIndex else { return }
        session.busyIndex = nil
        let last = all.removeLast()
        guard last !== session else { return }
        last.busyIndex = index
        all[index] = last
    }
}
