import BridgeTestKit
import Foundation
import LoadKit
import UVLoop

/// The whole play: a server in a process of its own, a source, tabs, and what was seen of them. One thread, one loop.
final class Play {
    let command: SoakCommand
    let loop: UVLoop
    let source: PacedSource
    let server: ServedProgram
    var random: SeededGenerator
    private(set) var tabs: [SoakTab] = []
    private(set) var sessions: [String: SharedSession] = [:]
    /// No tab does anything of its own accord any more.
    private(set) var isEnding = false

    /// One a second.
    var samples: [Sample] = []
    // Counts, for the summary.
    var messages = 0
    var endings: [String: Int] = [:]
    var joins: [String: Int] = [:]
    var refusals: [String: Int] = [:]
    var outcomes: [String: Int] = [:]
    private(set) var requests = 0
    private(set) var complaints: [Complaint] = []

    private let stage: UVTimer
    private let clock: UVTimer
    private var sessionsMade = 0
    private var actionsDue = 0.0
    /// Further ones say nothing new.
    private static let maxComplaints = 50

    init(_ command: SoakCommand, folder: URL) throws {
        self.command = command
        random = SeededGenerator(seed: command.seed)
        loop = try UVLoop()
        source = try PacedSource(loop: loop)
        source.keepsHashes = true
        server = try ServedProgram(
            command.program, upstream: source.baseURL, log: folder.appendingPathComponent("server.log"))
        stage = loop.makeTimer()
        clock = loop.makeTimer()
        for _ in 0..<command.sessions { makeSession() }
        tabs = (0..<command.tabs).map { SoakTab(self, number: $0) }
    }

    var now: UInt64 { loop.now }
    var hasSeenEnough: Bool { complaints.count >= Self.maxComplaints || !server.isRunning }

    func complain(_ what: String, _ messages: [[UInt8]]) {
        guard complaints.count < Self.maxComplaints else { return }
        complaints.append(Complaint(at: Date(), what: what, messages: messages))
        print("VIOLATION: \(what)")
    }

    func nextRequest() -> String {
        requests += 1
        return "r\(requests)"
    }

    // MARK: The stage

    /// Lets tabs act, and calls `everySecond`, until `stop`.
    func begin(everySecond: @escaping () -> Void) {
        stage.start(after: 10, repeat: 10) { [unowned self] in turn() }
        clock.start(after: 1_000, repeat: 1_000) { [unowned self] in
            renewSessions()
            for tab in tabs { if let what = tab.overdue(now) { tab.complain(what) } }
            everySecond()
        }
    }

    /// No more actions; the clock goes on.
    func calm() {
        isEnding = true
        for tab in tabs { tab.wakeUp() }
    }

    func stop() {
        stage.close()
        clock.close()
    }

    private func turn() {
        for tab in tabs { if let until = tab.stalledUntil, now >= until { tab.wakeUp() } }
        guard !isEnding else { return }
        actionsDue += Double(command.actions) / 100
        while actionsDue >= 1 {
            actionsDue -= 1
            tabs.randomElement(using: &random)?.act()
        }
    }

    // MARK: Sessions

    /// One to join; some are more popular than others.
    func anySession() -> SharedSession {
        let names = openSessions
        let place = min(
            Int.random(in: 0..<names.count, using: &random), Int.random(in: 0..<names.count, using: &random))
        guard let session = sessions[names[place]] else { preconditionFailure("a session without a name") }
        return session
    }

    /// In the order they were made: a dictionary's order would not be the seed's.
    private var openSessions: [String] = []

    private func makeSession() {
        sessionsMade += 1
        let session = SharedSession(
            name: "s\(sessionsMade)-\(command.seed)", isTorrent: sessionsMade.isMultiple(of: 20))
        sessions[session.name] = session
        openSessions.append(session.name)
    }

    /// Every second one or two are retired and others take their places: a session lives about 40 s, so that what the server
    /// holds soon is as much as it ever will be.
    private func renewSessions() {
        for _ in 0..<(isEnding ? 0 : Int.random(in: 1...2, using: &random)) {
            let place = Int.random(in: 0..<openSessions.count, using: &random)
            let name = openSessions.remove(at: place)
            sessions[name]?.isRetired = true
            for tab in tabs { tab.retire(name) }
            makeSession()
        }
        let used = Set(tabs.flatMap { $0.judge.sessions.map(\.session) })
        for (name, session) in sessions where session.isRetired && !used.contains(name) {
            for id in session.requests.keys { source.takeRecord(id) }
            sessions[name] = nil
        }
    }
}

/// Something that must not be.
struct Complaint {
    let at: Date
    let what: String
    /// The beginnings of the messages around it, the offending one last.
    let messages: [[UInt8]]
}
