import Foundation
import LoadKit

/// What a play has shown, and the files that say so.
struct Report {
    /// Memory may grow by so much, bytes in ten minutes, over the second half of a play of ten minutes or more. Shorter ones
    /// show the server filling up. What twice the standard error could explain is not held against it.
    static let allowedGrowth = 1_048_576.0
    /// Samples that make one point of the trend: the least of them, so that peaks of the load are left out, and far enough
    /// apart for one not to tell of the next.
    private static let pointSamples = 20
    static let judgedSeconds = 600.0

    let seed: UInt64
    private(set) var samples: [Sample] = []
    /// Of those, the ones before the tabs were told to rest.
    var playedSamples = 0
    var complaints: [Complaint] = []
    var descriptorsBefore = 0
    var descriptorsAfter = 0
    var residentBefore = 0
    var residentAfter = 0
    var exitStatus: Int32?
    private var counts: [(title: String, numbers: [String: Int])] = []

    init(seed: UInt64) { self.seed = seed }

    /// Bytes in ten minutes, over the second half of the play, and the standard error.
    private var growth: (bytes: Double, error: Double) {
        let half = Array(samples.prefix(playedSamples).suffix(playedSamples / 2))
        let points = stride(from: 0, to: half.count, by: Self.pointSamples).map { start in
            let some = half[start..<min(half.count, start + Self.pointSamples)]
            return (x: half[start].seconds, y: Double(some.map(\.residentBytes).min() ?? 0))
        }
        let trend = Trend(points)
        return (trend.slope * 600, trend.slopeError * 600)
    }

    mutating func take(_ play: Play) {
        samples = play.samples
        let source = play.source.counts
        counts = [
            (
                "source",
                [
                    "transfers": source.begun, "finished": source.finished, "closed by the server": source.closedByPeer,
                    "deltas": source.deltas, "connections": source.connections,
                ]
            ),
            ("tabs heard", ["messages": play.messages]), ("ends of requests, tab by tab", play.outcomes),
            ("joins", play.joins), ("refusals", play.refusals), ("ends of connections", play.endings),
        ]
        complaints = play.complaints
        let seconds = samples.prefix(playedSamples).last?.seconds ?? 0
        if seconds >= Self.judgedSeconds, growth.bytes - 2 * growth.error > Self.allowedGrowth {
            complaints.append(
                Complaint(
                    at: Date(), what: "memory grows: \(Self.mebibytes(growth.bytes)) in ten minutes", messages: []))
        }
    }

    var summary: String {
        let played = samples.prefix(playedSamples)
        var lines = [
            "seed \(seed), \(Int(played.last?.seconds ?? 0)) s, \(complaints.count) violations",
            "server: RSS \(Self.mebibytes(Double(residentBefore))) before, at most "
                + "\(Self.mebibytes(Double(played.map(\.residentBytes).max() ?? 0))), "
                + "\(Self.mebibytes(Double(residentAfter))) after; slope over the second half "
                + "\(Self.mebibytes(growth.bytes)) in ten minutes, give or take \(Self.mebibytes(growth.error))",
            "server: descriptors \(descriptorsBefore) before, at most \(played.map(\.descriptors).max() ?? 0), "
                + "\(descriptorsAfter) after; exit status \(exitStatus.map { "\($0)" } ?? "none")",
            "mean: \(mean(\.deltasPerSecond)) deltas/s, \(mean(\.messagesPerSecond)) messages/s, "
                + "\(mean { Double($0.running) }) streams, \(mean { Double($0.tabs) }) tabs, "
                + "\(mean { $0.processorShare * 100 }) % of a core",
        ]
        for (title, numbers) in counts {
            let sorted = numbers.sorted { $0.value > $1.value }
            lines.append("\(title): " + sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }

    func write(to folder: URL) throws {
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        try write(([Sample.header] + samples.map(\.line)).joined(separator: "\n") + "\n", "samples.csv")
        try write(Curves(samples).svg, "curves.svg")
        try write(summary + "\n", "summary.txt")
        guard !complaints.isEmpty else { return }
        try write(complaints.map(\.text).joined(separator: "\n"), "violations.txt")
    }

    private func mean(_ value: (Sample) -> Double) -> Int {
        let played = samples.prefix(playedSamples)
        return Int(played.reduce(0) { $0 + value($1) } / Double(max(1, played.count)))
    }

    private static func mebibytes(_ bytes: Double) -> String { "\((bytes / 1_048_576 * 100).rounded() / 100) MiB" }
}

extension Complaint {
    fileprivate var text: String {
        let time = at.formatted(.iso8601)
        return ([time + " " + what] + messages.map { "    " + String(decoding: $0, as: UTF8.self) })
            .joined(separator: "\n")
    }
}
