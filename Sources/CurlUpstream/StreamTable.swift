/// Which streams run on which connection, so that the others of one are found without a look at all that run: 10,000
/// transfers that are cancelled together cost 10,000 steps and not 50 million.
///
/// For connections that may carry several, which is HTTP/2's. A connection has about a hundred streams at most, curl's bound.
struct StreamTable<Stream: AnyObject> {
    private var streams: [ConnectionPorts: [Stream]] = [:]

    var isEmpty: Bool { streams.isEmpty }

    mutating func add(_ stream: Stream, to connection: ConnectionPorts) {
        streams[connection, default: []].append(stream)
    }

    /// Does nothing where it is not there.
    mutating func remove(_ stream: Stream, from connection: ConnectionPorts) {
        guard let index = streams[connection]?.firstIndex(where: { $0 === stream }) else { return }
        streams[connection]?.remove(at: index)
        if streams[connection]?.isEmpty == true { streams[connection] = nil }
    }

    /// Another stream of that connection.
    func another(than stream: Stream, on connection: ConnectionPorts) -> Stream? {
        streams[connection]?.first { $0 !== stream }
    }
}
