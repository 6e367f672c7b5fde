/// Sessions without tabs and running requests, the longest unused first. The hub owns the sessions: links that did would make
/// circles. Owned by the hub; on the loop thread.
final class UnusedSessions {
    private(set) unowned var first: Session?
    private unowned var last: Session?
    private(set) var count = 0
    /// Bytes of all of them, as far as they are counted.
    private(set) var byteCount = 0

    func append(_ session: Session, at now: UInt64) {
        session.unusedList = self
        session.unusedSince = now
        session.previousUnused = last
        last?.nextUnused = session
        last = session
        if first == nil { first = session }
        count += 1
        byteCount += session.countedBytes
    }

    /// One of them takes so many bytes more than was counted.
    func grow(by bytes: Int) { byteCount += bytes }

    func remove(_ session: Session) {
        if first === session { first = session.nextUnused }
        if last === session { last = session.previousUnused }
        session.previousUnused?.nextUnused = session.nextUnused
        session.nextUnused?.previousUnused = session.previousUnused
        session.previousUnused = nil
        session.nextUnused = nil
        session.unusedList = nil
        count -= 1
        byteCount -= session.countedBytes
    }
}
