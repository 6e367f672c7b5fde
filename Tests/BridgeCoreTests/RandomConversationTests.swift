import BridgeCore
import BridgeTestKit
import Testing

/// A session's questions, stops and answers by chance, and a model that says what each upstream has to be told.
@Suite("Random conversations")
struct RandomConversationTests {
    /// One life of a session.
    private final class Life {
        let core: CoreFixture
        let counter: FakeCounter
        let tab: Tab
        var random: SeededGenerator
        private var model = ConversationModel()
        /// Those that have not been told their end, by request.
        private var transfers: [(request: String, transfer: FakeTransfer)] = []
        private var count = 0
        /// How many conversations had something in them.
        private(set) var judged = 0

        init(seed: UInt64) throws {
            random = SeededGenerator(seed: seed)
            counter = FakeCounter(isLate: random.chance(2, in: 3))
            let patient = UpstreamTarget.fake(
                "patient", defaultModel: "m", abortPolicy: .drain(maxTokens: 100_000, milliseconds: 100_000_000))
            core = CoreFixture(
                limits: .patient, targets: [.fake("hasty", defaultModel: "m"), patient],
                counter: random.chance(1, in: 4) ? nil : counter)
            tab = try core.tab()
        }

        func step() throws {
            switch Int.random(in: 0..<16, using: &random) {
            case 0...4 where transfers.count < 6: try ask()
            case 5: try stop()
            case 6: counter.answer()
            default: play()
            }
            core.node.flush()
            try tab.read()
        }

        private func ask() throws {
            count += 1
            let (request, number) = ("r\(count)", count)
            let hasMessages = random.chance(1, in: 6)
            let isStored = random.chance(5, in: 6)
            let replaced =
                random.chance(1, in: 5) ? "r\(Int.random(in: max(1, count - 6)...count, using: &random))" : nil
            let known = replaced.map { model[$0] != nil } ?? true
            var turn = ConversationModel.Turn(request: request, prompt: ["user:?\(number)"], hasMessages: false)
            var prompt = #""input":"?\#(number)""#
            if hasMessages {
                let roles = [
                    ["user"], ["system", "user"], ["user", "assistant", "user"], ["system", "user", "user"],
                ]
                let messages = (roles.randomElement(using: &random) ?? []).enumerated().map { ($1, "\(number).\($0)") }
                turn = .init(request: request, prompt: messages.map { "\($0):\($1)" }, hasMessages: true)
                let json = messages.map { #"{"role":"\#($0)","content":"\#($1)"}"# }.joined(separator: ",")
                prompt = #""messages":[\#(json)]"#
            }
            let expected = hasMessages ? turn.prompt : model.sent("?\(number)", replacing: replaced)
            let before = core.upstream.transfers.count
            let frames = try tab.send(
                #"{"type":"chat","session":"s","request":"\#(request)",\#(prompt),"store":\#(isStored),"upstream":"\#(random.chance(1, in: 2) ? "hasty" : "patient")"\#(replaced.map { #","replaces":"\#($0)""# } ?? "")}"#
            )
            guard known else {
                guard frames.map(\.code) == ["unknown_request"] else { throw ViolationError("\(frames)") }
                return
            }
            guard core.upstream.transfers.count == before + 1 else { throw ViolationError("not sent: \(frames)") }
            let sent = try Self.messages(of: core.upstream.last)
            guard sent == expected else {
                throw ViolationError("\(request) was sent as \(sent), the conversation is \(expected)")
            }
            if sent.count > 1, !hasMessages { judged += 1 }
            transfers.append((request, core.upstream.last))
            guard isStored else { return }
            model.accept(turn, replacing: replaced) { tab.request($0).terminal != nil }
        }

        private static func messages(of transfer: FakeTransfer) throws -> [String] {
            guard let body = Frame(transfer.body) else { throw ViolationError("no JSON: \(transfer.body)") }
            return body.objects("messages").map {
                let calls = ($0["tool_calls"] as? [Any])?.count ?? 0
                let content = $0["content"] as? String ?? ""
                return "\($0["role"] as? String ?? ""):\(content)\(calls > 0 ? "+\(calls)" : "")"
            }
        }

        private func stop() throws {
            guard let request = transfers.randomElement(using: &random)?.request else { return }
            try tab.abort(request)
            model[request]?.isFinal = true
        }

        /// Some upstream says something. What it says after a stop is heard, but no part of the answer.
        private func play() {
            transfers.removeAll { $0.transfer.hasEnded }
            guard let (request, transfer) = transfers.randomElement(using: &random) else { return }
            transfer.connect()
            let isFinal = model[request]?.isFinal ?? true
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                transfer.fail(.closed)
                model[request]?.isFinal = true
            case 1...2:
                let reason = random.chance(1, in: 3) ? "length" : "stop"
                if !started.contains(request) { transfer.head() }
                transfer.finish(reason)
                transfer.done()
                transfer.end()
                if !isFinal { model[request]?.isWhole = reason == "stop" }
                model[request]?.isFinal = true
            case 3:
                if started.insert(request).inserted { transfer.head() }
                calls += 1
                transfer.event(
                    #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":\#(calls),"id":"c\#(calls)","function":{"name":"f","arguments":"{}"}}]}}]}"#
                )
                if !isFinal { model[request]?.calls += 1 }
            default:
                if started.insert(request).inserted { transfer.head() }
                words += 1
                transfer.text("w\(words) ")
                if !isFinal { model[request]?.text += "w\(words) " }
            }
        }

        private var started: Set<String> = []
        private var words = 0
        private var calls = 0
    }

    @Test("each question is sent with the conversation that the protocol tells of", arguments: Seeds.of(60))
    func conversation(seed: UInt64) throws {
        let life = try Life(seed: seed)
        do {
            for _ in 0..<150 { try life.step() }
        } catch {
            throw ViolationError("\(error)\nagain with TRIBUTARY_SEED=\(seed)")
        }
        #expect(life.judged > 0, "seed \(seed)")
    }
}
