import BridgeCore
import BridgeTestKit

extension RandomWorld {
    /// What can happen in the world.
    enum Action: CaseIterable {
        case upstream, burst, chat, chatAgain, abort, abortAll, room, stall, read, leave, rejoin, restart, vanish,
            comeBack
        case wake, newTab, tick, time, longTime, drain, flood, count

        /// The actions of one life, each as often as it is likely. Some are left out, others come three times as often: each
        /// life has its own character.
        static func moods(_ random: inout SeededGenerator) -> [Action] {
            allCases.flatMap { action in
                let factor = action.isVital ? 1 : [0, 1, 1, 3].randomElement(using: &random) ?? 1
                return Array(repeating: action, count: action.weight * factor)
            }
        }

        private var isVital: Bool { self == .upstream || self == .chat }
        private var weight: Int {
            switch self {
            case .upstream: 60
            case .burst: 10
            case .chat: 16
            case .room, .stall, .read: 8
            case .rejoin, .restart, .leave, .vanish, .comeBack, .wake, .newTab, .abort, .tick, .time: 4
            case .chatAgain, .abortAll, .count: 2
            case .longTime, .drain, .flood: 1
            }
        }
    }

    /// Does it and says what was done.
    func perform(_ action: Action) throws -> String {
        guard let guest = guests.randomElement(using: &random) else { return "nobody is there" }
        let session = Self.sessions.randomElement(using: &random) ?? "a"
        switch action {
        case .upstream:
            guard let answer = answers.randomElement(using: &random) else { return chat(guest, session) }
            return "\(answer.truth.session)/\(answer.truth.request): \(answer.step(&random))"
        case .burst:
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                _ = answers.randomElement(using: &random)?.step(&random)
            }
        case .chat: return chat(guest, session)
        case .chatAgain: return chatAgain(guest)
        case .abort: command(guest, #"{"type":"abort","session":"\#(session)","request":"r\#(recentRequest())"}"#)
        case .abortAll: command(guest, #"{"type":"abort","session":"\#(session)"}"#)
        case .room: guest.tab.connection.makeRoom(random.chance(1, in: 2) ? nil : Int.random(in: 1...3, using: &random))
        case .stall: guest.tab.connection.makeRoom(0)
        case .read: try read(guest)
        case .leave: command(guest, #"{"type":"leave","session":"\#(session)"}"#)
        case .rejoin: try join(guest, session)
        case .restart: command(guest, #"{"type":"join","session":"\#(session)"}"#)
        case .vanish:
            try read(guest)
            guest.tab.disconnect()
            guard random.chance(1, in: 2) else {
                guests.removeAll { $0 === guest }
                if guests.isEmpty { try connect() }
                return "a tab goes for ever"
            }
            core.advance(by: [0, 100, 4_000].randomElement(using: &random) ?? 0)
            try comeBack(guest, knowing: nil)
        case .comeBack: try comeBack(guest, knowing: nil)
        case .wake: try comeBack(guest, knowing: guest.memory)
        case .newTab: if guests.count < 6 { try connect() }
        case .tick: core.advance(by: 1)
        case .time: core.advance(by: [200, 1_000, 3_500].randomElement(using: &random) ?? 1)
        case .longTime: core.advance(by: 40_000)
        case .flood:
            command(guest, Array(repeating: #"{"type":"ping"}"#, count: 2_000).joined(separator: "\n"))
        case .count: counter.answer()
        case .drain: if random.chance(1, in: 20) { core.node.drain {} }
        }
        return "\(action) \(session)"
    }

    // MARK: Tabs

    func connect() throws {
        let sessions = Self.sessions.filter { _ in random.chance(2, in: 3) }
        let guest = Guest(Tab(core, sessions: sessions, room: random.chance(1, in: 6) ? 1 : nil))
        guests.append(guest)
        try read(guest)
    }

    /// The connection breaks, wherever it was in its reading, and a new one comes with the position.
    func comeBack(_ guest: Guest, knowing models: [String: TabModel]?) throws {
        // What was sent and not read is lost on the way, sometimes.
        if random.chance(1, in: 2) { try read(guest) }
        let old = guest.tab
        old.disconnect()
        let isSlow = guest.tab.connection.closed == nil && random.chance(1, in: 6)
        guest.tab = try old.reconnected(room: isSlow ? 1 : nil, knowing: models ?? old.models)
        guest.judged = 0
        try read(guest)
    }

    /// Joins where it has not joined: with the position it had, or without.
    func join(_ guest: Guest, _ session: String) throws {
        try read(guest)
        guard guest.tab.connection.closed == nil, !guest.tab.connection.isPaused, !guest.tab[session].isJoined else {
            return
        }
        let isWaited = guest.tab.models[session] != nil && !guest.tab.connection.isWritable
        guard !isWaited else { return }
        let after = guest.tab[session].epoch.isEmpty || random.chance(1, in: 4) ? nil : guest.tab[session].position
        try guest.tab.join(session, after: after)
        try read(guest)
    }

    // MARK: Commands

    func command(_ guest: Guest, _ text: String) {
        // A transport that was told to pause brings nothing.
        guard guest.tab.connection.closed == nil, !guest.tab.connection.isPaused else { return }
        guest.tab.connection.receive(text)
    }

    private func chat(_ guest: Guest, _ session: String) -> String {
        requestCount += 1
        asked.insert([session, "r\(requestCount)"])
        command(guest, prompt(requestCount, session))
        return "chat \(session)/r\(requestCount)"
    }

    /// The same or another prompt under an id that was used: nothing may come of it.
    private func chatAgain(_ guest: Guest) -> String {
        let number = recentRequest()
        let session = Self.sessions[number % 3]
        asked.insert([session, "r\(number)"])
        command(guest, prompt(number, session))
        return "again \(session)/r\(number)"
    }

    private func recentRequest() -> Int { max(1, requestCount - Int.random(in: 0...5, using: &random)) }

    /// Always the same for a number, so that it can be sent again.
    private func prompt(_ number: Int, _ session: String) -> String {
        var dice = SeededGenerator(seed: seed &* 1_000 &+ UInt64(number))
        let filler = String(repeating: "x", count: dice.chance(1, in: 15) ? 70_000 : 10)
        let text = "\(filler) «\(session)/r\(number)»"
        var members = #""type":"chat","session":"\#(session)","request":"r\#(number)""#
        if dice.chance(1, in: 4) { members += #","orphan":"abort""# }
        if dice.chance(1, in: 6) { members += #","store":false"# }
        if dice.chance(1, in: 6) {
            members += #","replaces":"r\#(max(1, number - 1 - Int.random(in: 0...4, using: &dice)))""#
        }
        if dice.chance(1, in: 4) {
            return
                #"{\#(members),"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"\#(text)"}]}"#
        }
        return #"{\#(members),"input":"\#(text)"}"#
    }
}

extension UpstreamTarget {
    /// One that is asked again, and others that are asked then; some let few in, or are left alone when they fail.
    static func random(_ random: inout SeededGenerator) -> [UpstreamTarget] {
        let places: [Int?] = [nil, nil, 1, 3]
        let failures = [0, 1, 5]
        func one(_ name: String, _ fallbacks: [Fallback]) -> UpstreamTarget {
            .fake(
                name, defaultModel: "m", fallbacks: fallbacks,
                retry: RetryPolicy(
                    maxAttempts: Int.random(in: 1...4, using: &random), baseDelay: 200, maxDelay: 2_000,
                    maxElapsed: 30_000),
                breaker: BreakerPolicy(failures: failures.randomElement(using: &random) ?? 0, openFor: 3_000),
                maxConcurrent: places.randomElement(using: &random) ?? nil)
        }
        return [
            one("a", random.chance(1, in: 2) ? [.init(upstream: "b"), .init(upstream: "c")] : []), one("b", []),
            one("c", []),
        ]
    }
}

extension Limits {
    /// Each limit wide, or so narrow that it is hit.
    static func random(_ random: inout SeededGenerator) -> Limits {
        var limits = Limits()
        func one<Value>(of values: Value...) -> Value { values.randomElement(using: &random) ?? values[0] }
        limits.tailEntries = one(of: 3, 30, 200, 10_000)
        limits.tailBytes = one(of: 500, 5_000, 1 << 20)
        limits.tailAge = one(of: 30_000, 3_600_000)
        limits.transcriptBytes = one(of: 2_000, 30_000, 16 << 20)
        limits.memoryLimit = one(of: 150_000, 600_000, 1 << 30)
        limits.maxSessions = one(of: 2, 3, 10)
        limits.maxSessionRequests = one(of: 1, 4, 128)
        limits.maxRequests = one(of: 3, 10_000)
        limits.rememberedRequests = one(of: 100, 10_000)
        limits.maxAnswerBytes = one(of: 2_000, 200_000)
        limits.maxEventBytes = one(of: 100_000, 16 << 20)
        limits.sessionTTL = one(of: 5_000, 300_000)
        limits.orphanGrace = one(of: 0, 3_000, 30_000)
        limits.maxIncompleteBytes = one(of: 20_000, 256 << 20)
        limits.joinTimeout = 100_000_000
        return limits
    }
}
