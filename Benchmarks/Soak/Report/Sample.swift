import LoadKit

/// One second of the play.
struct Sample {
    /// Since its beginning.
    var seconds: Double
    /// Of the server.
    var residentBytes: Int
    var descriptors: Int
    /// Processor time of the server by time, 1 being one core.
    var processorShare: Double
    /// That the source sent.
    var deltasPerSecond: Double
    /// Messages that all tabs together received.
    var messagesPerSecond: Double
    var running: Int
    var tabs: Int
    var sessions: Int
    /// Of the soak itself, which must not grow either.
    var ownResidentBytes: Int

    static let header =
        "seconds,rss_bytes,descriptors,cpu_share,deltas_per_s,messages_per_s,running,tabs,sessions,soak_rss_bytes"

    var line: String {
        let numbers = [seconds, processorShare, deltasPerSecond, messagesPerSecond].map(Self.short)
        return "\(numbers[0]),\(residentBytes),\(descriptors),\(numbers[1]),\(numbers[2]),\(numbers[3]),"
            + "\(running),\(tabs),\(sessions),\(ownResidentBytes)"
    }

    private static func short(_ number: Double) -> String { "\((number * 1_000).rounded() / 1_000)" }
}

/// Makes samples: what grew since the last one, by the time that went by.
struct Meter {
    private var processor: UInt64
    private var deltas = 0
    private var messages = 0
    private var at = MonotonicClock.now()

    init(_ figures: ProcessFigures) { processor = figures.cpuNanoseconds }

    mutating func sample(_ play: Play, _ figures: ProcessFigures, since start: UInt64) -> Sample {
        let now = MonotonicClock.now()
        let seconds = Double(now - at) / 1e9
        let sample = Sample(
            seconds: Double(now - start) / 1e9, residentBytes: figures.residentBytes,
            descriptors: figures.descriptors,
            processorShare: Double(figures.cpuNanoseconds - processor) / 1e9 / seconds,
            deltasPerSecond: Double(play.source.counts.deltas - deltas) / seconds,
            messagesPerSecond: Double(play.messages - messages) / seconds, running: play.source.counts.running,
            tabs: play.tabs.count { $0.phase == .here }, sessions: play.sessions.count,
            ownResidentBytes: ProcessFigures.own?.residentBytes ?? 0)
        processor = figures.cpuNanoseconds
        deltas = play.source.counts.deltas
        messages = play.messages
        at = now
        return sample
    }
}
