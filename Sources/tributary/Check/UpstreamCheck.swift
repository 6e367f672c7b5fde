import BridgeCore
import Providers
import UVLoop

/// One upstream, asked with the server's key: about the key where it has a place for that, then for its models. On the loop
/// thread.
final class UpstreamCheck: TransferDelegate {
    private static let maxBodyBytes = 4 * 1024 * 1024

    private let target: UpstreamTarget
    private let upstream: any Upstream
    private var question: UpstreamQuestion
    /// Called once.
    private var done: (() -> Void)?
    private var transfer: (any Transfer)?
    private var timer: (any ScheduledTimer)?
    private var head: ResponseHead?
    private var body: [UInt8] = []
    private(set) var finding: LiveCheck.Finding

    init(_ target: UpstreamTarget, at upstream: any Upstream, done: @escaping () -> Void) {
        self.target = target
        self.upstream = upstream
        question = target.endpoint.keyCheckURL != nil && target.key != nil ? .key : .models
        self.done = done
        finding = LiveCheck.Finding(upstream: target.name, isGood: false, words: "was not asked")
    }

    /// - Parameter patience: milliseconds.
    func start(_ timers: any Timers, patience: UInt64) {
        timer = timers.schedule(after: patience) { [self] in
            transfer?.cancel()
            end(false, "did not answer within \(DurationArgument(milliseconds: patience))")
        }
        ask()
    }

    private func ask() {
        head = nil
        body = []
        transfer = upstream.start(target.request(question, key: target.key), delegate: self)
    }

    private func end(_ isGood: Bool, _ words: String) {
        guard let done else { return }
        self.done = nil
        timer?.cancel()
        timer = nil
        transfer = nil
        finding.isGood = isGood
        finding.words = words
        done()
    }

    func transferConnected() {}

    func transferReceived(_ head: ResponseHead) { self.head = head }

    func transferReceived(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { body.append(contentsOf: $0) }
        guard body.count > Self.maxBodyBytes else { return }
        transfer?.cancel()
        end(false, "its \(question.noun) is too long")
    }

    func transferEnded(_ end: TransferEnd) {
        switch end {
        case .failed(let failure): self.end(false, failure.message)
        case .complete: judge()
        }
    }

    private func judge() {
        guard let head else { return end(false, "closed the connection without an answer") }
        guard (200..<300).contains(head.status) else {
            if target.key == nil, target.keyPolicy != .server, [401, 403].contains(head.status) {
                return end(true, "it answers; keys come with the requests")
            }
            // Its own words could repeat the key; the status is all that is needed here.
            let words =
                switch head.status {
                case 401 where target.key == nil: "wants a key (status 401)"
                case 401, 403: "refuses the key (status \(head.status))"
                case 404: "has no \(question.noun) under \(target.request(question, key: nil).url) (status 404)"
                default: "answered with status \(head.status)"
                }
            return end(false, words)
        }
        let body = body
        guard let list = target.models(in: body.span, to: question) else {
            return end(false, "answered something that is no \(question.noun)")
        }
        if question == .key {
            question = .models
            return ask()
        }
        var words = list.count == 1 ? "1 model" : "\(list.count) models"
        if let model = target.defaultModel, !list.isEmpty,
            !list.contains(where: { $0.id == model || $0.id == "models/\(model)" })
        {
            words += "; \(model), the default, is not among them"
        }
        end(true, words)
    }
}
