import Glibc
import LoadKit

/// What every scenario works with.
final class Workbench {
    let loop: LoadLoop
    let source: SourceProcess
    let places: Places

    init(places: Places) throws {
        self.places = places
        loop = try LoadLoop()
        source = try SourceProcess(places)
    }

    /// A fresh server in front of the source.
    func start(_ name: SubjectName) throws -> Subject {
        try Subject(name, upstream: source.baseURL, places: places)
    }

    /// CPU time of the load itself so far: this process and the source, ns.
    func loadNanoseconds() throws -> UInt64 {
        guard let own = ProcessFigures(of: getpid()) else {
            throw ChildProcess.Failure(description: "/proc does not know this process")
        }
        return try own.cpuNanoseconds + source.figures().cpuNanoseconds
    }

    /// Waits until a tally has so many ready tabs.
    func waitForTabs(_ count: Int, _ tally: Tally) throws {
        try loop.wait(for: "\(count) tabs to be ready") { tally.readyTabs >= count || tally.hasFailed }
        try tally.check()
    }

    /// Waits until a tally has so many complete answers.
    func waitForAnswers(_ count: Int, _ tally: Tally, seconds: Double) throws {
        try loop.wait(for: "\(count) answers", seconds: seconds) {
            tally.completeAnswers >= count || tally.hasFailed
        }
        try tally.check()
    }
}

/// A server or the way to it failed in mid-measure.
struct BrokenLoad: Error, CustomStringConvertible {
    let description: String
}

extension Tally {
    /// Throws the first failure, where there is one.
    func check() throws {
        guard let first = failures.first else { return }
        throw BrokenLoad(description: failures.count == 1 ? first : "\(first) (and \(failures.count - 1) more)")
    }
}
