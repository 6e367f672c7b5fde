import BridgeCore
import BridgeTestKit

/// The upstream of one request, made up as it goes along, whose bytes arrive in pieces that are cut anywhere.
final class RandomAnswer {
    private enum Phase {
        /// Nobody has connected. To connected, over.
        case new
        /// To streaming, over.
        case connected
        /// Events come. To lastWords, silent, over.
        case streaming
        /// What ends the answer is on its way. To over.
        case lastWords
        /// Nothing more comes. Ends by somebody else.
        case silent
        case over
    }

    /// How the body ends.
    private enum Ending: CaseIterable {
        case done, doneAlone, cleanAfterFinish, cleanEarly, errorObject, malformed, reset, silence
    }

    let transfer: FakeTransfer
    let truth: Truth
    private var phase = Phase.new
    private var ending = Ending.done
    /// Bytes that are on their way.
    private var pending: [UInt8] = []
    /// What is true once so many of the pending bytes have arrived.
    private var effects: [(after: Int, apply: () -> Void)] = []
    private var knownCalls: Set<[Int]> = []
    private var hasSaidDone = false

    init(_ transfer: FakeTransfer, truth: Truth) {
        self.transfer = transfer
        self.truth = truth
    }

    var isOver: Bool { transfer.isCancelled || phase == .over || phase == .silent }

    /// Something happens upstream; says what.
    func step(_ random: inout SeededGenerator) -> String {
        guard !isOver else { return "nothing" }
        switch phase {
        case .new:
            if random.chance(1, in: 30) { return fail(.connect) }
            transfer.connect()
            phase = .connected
            return "connected"
        case .connected:
            guard random.chance(1, in: 20) else {
                transfer.head()
                phase = .streaming
                return "head"
            }
            transfer.head([401, 404, 429, 500].randomElement(using: &random) ?? 500)
            transfer.bytes(#"{"error":{"message":"no"}}"#)
            truth.fail()
            transfer.end()
            phase = .over
            return "refused"
        case .streaming, .lastWords:
            while phase == .streaming, pending.count < 400 { makeEvent(&random) }
            return deliver(&random)
        case .silent, .over: return "nothing"
        }
    }

    // MARK: What is on its way

    private func send(_ text: String) { pending += Array(text.utf8) }
    private func effect(_ body: @escaping () -> Void) { effects.append((pending.count, body)) }

    private func makeEvent(_ random: inout SeededGenerator) {
        switch Int.random(in: 0..<40, using: &random) {
        case 0: send(": heartbeat\n\n")
        case 1: send("event: ping\ndata: {}\n\n")
        case 2: makeLastWords(&random)
        case 3...8: makeCall(&random)
        default:
            let field = [Truth.Field.text, .text, .text, .text, .reasoning, .refusal].randomElement(using: &random)
            makeText(field ?? .text, &random)
        }
    }

    private func makeText(_ field: Truth.Field, _ random: inout SeededGenerator) {
        let choice = random.chance(1, in: 6) ? Int.random(in: 1...2, using: &random) : 0
        var piece = RandomText(&random)
        guard !piece.json.isEmpty else { return }
        if random.chance(1, in: 12) { piece.tear() }
        chunk(field, piece.json, choice: choice, logprobs: random.chance(1, in: 12))
        effect { [truth] in truth.say(field, piece, choice: choice, completesTorn: false) }
        // The other half may come at once, or never.
        guard piece.endsTorn, random.chance(1, in: 2) else { return }
        var rest = RandomText(&random)
        let said = rest
        rest.beginTorn()
        chunk(field, rest.json, choice: choice, logprobs: false)
        effect { [truth] in truth.say(field, said, choice: choice, completesTorn: true) }
    }

    private func chunk(_ field: Truth.Field, _ json: [UInt8], choice: Int, logprobs: Bool) {
        let name = field == .text ? "content" : field == .reasoning ? "reasoning_content" : "refusal"
        send(#"data: {"id":"c","model":"m","choices":[{"index":\#(choice),"delta":{"\#(name)":""#)
        pending += json
        send(#""}\#(logprobs ? #","logprobs":{"content":[{"token":"t","logprob":-0.5}]}"# : "")}]}"# + "\n\n")
    }

    private func makeCall(_ random: inout SeededGenerator) {
        let choice = random.chance(1, in: 8) ? 1 : 0
        let index = Int.random(in: 0..<3, using: &random)
        let isNew = knownCalls.insert([choice, index]).inserted
        let arguments = RandomText(&random, maxCount: 6)
        let (id, name) = ("call-\(choice)-\(index)", "f\(index)")
        let head = isNew ? #""id":"\#(id)","# : ""
        let named = isNew ? #""name":"\#(name)","# : ""
        send(
            #"data: {"choices":[{"index":\#(choice),"delta":{"tool_calls":[{"index":\#(index),\#(head)"function":{\#(named)"arguments":""#
        )
        pending += arguments.json
        send(#""}}]}}]}"# + "\n\n")
        guard isNew || !arguments.json.isEmpty else { return }
        effect { [truth] in
            truth.call(
                choice: choice, index: index, id: isNew ? id : nil, name: isNew ? name : nil, arguments: arguments.text)
        }
    }

    private func makeLastWords(_ random: inout SeededGenerator) {
        phase = .lastWords
        ending = Ending.allCases.randomElement(using: &random) ?? .done
        switch ending {
        case .done, .cleanAfterFinish:
            send(#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n")
            if ending == .done { sayDone() }
        case .doneAlone: sayDone()
        case .errorObject:
            send(#"data: {"error":{"message":"overloaded"}}"# + "\n\n")
            effect { [truth] in truth.complete() }
        case .malformed: send("data: {\"choices\":[}\n\n")
        case .reset: send(#"data: {"choices":[{"delta":{"content":"ha"#)
        case .cleanEarly, .silence: break
        }
    }

    private func sayDone() {
        send("data: [DONE]\n\n")
        effect { [unowned self] in
            truth.complete()
            hasSaidDone = true
        }
        // Nobody listens any more.
        send(#"data: {"choices":[{"delta":{"content":"late"}}]}"# + "\n\n")
    }

    // MARK: What arrives

    private func deliver(_ random: inout SeededGenerator) -> String {
        let most = [1, 7, 60, 1_000, pending.count].randomElement(using: &random) ?? 1
        let count = min(pending.count, Int.random(in: 1...max(1, most), using: &random))
        let piece = Array(pending.prefix(count))
        pending.removeFirst(count)
        for effect in effects where effect.after <= count { effect.apply() }
        effects = effects.filter { $0.after > count }.map { ($0.after - count, $0.apply) }
        transfer.bytes(piece)
        // An error in the stream, or an answer that has become too long, and the transfer is no longer wanted.
        if transfer.isCancelled { truth.fail() } else if hasSaidDone { truth.end("end") }
        guard phase == .lastWords, pending.isEmpty, !transfer.isCancelled else { return "\(count) bytes" }
        return "\(count) bytes, \(endBody())"
    }

    private func endBody() -> String {
        phase = .over
        switch ending {
        case .reset: return fail(.closed)
        case .silence: phase = .silent
        case .cleanEarly, .cleanAfterFinish:
            // What halves become may make it too long.
            if truth.isWhole {
                if ending == .cleanEarly { truth.fail() } else { truth.end("end") }
            }
            truth.complete()
            transfer.end()
        case .done, .doneAlone, .errorObject, .malformed: transfer.end()
        }
        return "\(ending)"
    }

    private func fail(_ kind: TransferFailure.Kind) -> String {
        phase = .over
        truth.fail()
        transfer.fail(kind)
        return "\(kind)"
    }
}
