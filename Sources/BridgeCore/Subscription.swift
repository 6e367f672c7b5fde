/// A connection's place in a session: a cursor into its log, and nothing queued.
/// Held by its session and its client, until one of them leaves; on the loop thread.
package final class Subscription {
    package let session: Session
    unowned let client: Client
    /// The tab has everything up to this seq.
    package var cursor: UInt64 = 0
    /// Its `joined` frame has been sent: entries may follow.
    var isLive = false
    /// The number of tabs that this tab was last told, and the announcement that told it.
    var knownTabs = 0
    var knownAnnouncement: UInt32 = 0
    /// Where it stands in `session.subscriptions`.
    var index = 0

    init(session: Session, client: Client) {
        self.session = session
        self.client = client
    }
}
