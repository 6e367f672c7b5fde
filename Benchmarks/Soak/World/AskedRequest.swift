import LoadKit

/// One request that some tab has asked for; its id is also its prompt, by which the source knows it.
final class AskedRequest {
    let id: String
    let model: PacedModel
    /// The whole command, to be sent again.
    let command: String
    /// Somebody has asked for its abort, or it dies as an orphan: it may end so at any moment.
    var mayBeAborted: Bool
    var isAccepted = false
    /// What the first tab saw of its end; all others must see the same.
    private var outcome: RequestOutcome?

    init(id: String, model: PacedModel, command: String, mayBeAborted: Bool) {
        self.id = id
        self.model = model
        self.command = command
        self.mayBeAborted = mayBeAborted
    }

    var hasEnded: Bool { outcome != nil }

    /// What is wrong with an end that a tab has seen; nil for nothing. `record` is what the source knows.
    func complaint(about seen: RequestOutcome, _ record: TransferRecord?) -> String? {
        if let outcome {
            guard outcome.terminal == seen.terminal, outcome.text == seen.text else {
                return "\(id) ended \(describe(seen)), but for another tab \(describe(outcome))"
            }
            return nil
        }
        outcome = seen
        guard let record else {
            return seen.terminal == .aborted && seen.text.count == 0 ? nil : "\(id) never reached the source"
        }
        if record.attempt > 1 { return "\(id) reached the source \(record.attempt) times" }
        guard record.begins(with: seen.text) else {
            return "\(id) shows \(seen.text.count) deltas that are not what was sent (\(record.text.count))"
        }
        let isWhole = seen.text == record.text
        switch seen.terminal {
        case .ended:
            let isRight = isWhole && model.fault == nil && model.status == 200 && seen.text.count == model.count
            return isRight && !isTooLarge ? nil : "\(id) (\(record.model)) ended well \(describe(seen))"
        case .aborted: return mayBeAborted ? nil : "\(id) was aborted, and nobody asked for it"
        case .failed(let code):
            guard expectedCodes.contains(code) else { return "\(id) (\(record.model)) failed \(describe(seen))" }
            // A reset may overtake bytes, and of an answer that is too large the rest is not read.
            guard isWhole || model.fault == .cut || isTooLarge else {
                return "\(id) (\(record.model)) failed after \(seen.text.count) of \(record.text.count) deltas"
            }
            return nil
        }
    }

    private func describe(_ outcome: RequestOutcome) -> String {
        "\(outcome.terminal) with \(outcome.text.count) deltas"
    }

    private var isTooLarge: Bool { model.count * model.pad > ServedProgram.maxAnswerBytes }

    private var expectedCodes: Set<String> {
        if model.waitMilliseconds > ServedProgram.firstByteTimeout { return ["upstream_timeout"] }
        if isTooLarge { return ["upstream_protocol"] }
        switch (model.status, model.fault) {
        case (401, _): return ["invalid_key", "missing_key"]
        case (404, _): return ["model_not_found"]
        case (429, _): return ["upstream_rate_limited"]
        case (500..., _): return ["upstream_error"]
        // 200 with an empty body is no event stream.
        case (_, .close?) where model.deltas == 0: return ["upstream_protocol"]
        case (_, .cut?), (_, .close?): return ["upstream_closed"]
        case (_, .error?): return ["upstream_error"]
        case (_, .garbage?): return ["upstream_protocol"]
        case (_, .silent?): return ["upstream_timeout"]
        default: return []
        }
    }
}
