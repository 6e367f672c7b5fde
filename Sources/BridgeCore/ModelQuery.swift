import ByteCoding
import ChatProtocol
import Providers

/// A `models` command under way: one transfer, one answer to the client that asked. Owned by that client.
package final class ModelQuery: TransferDelegate {
    /// Longest model list that is read.
    static let maxBodyBytes = 4 * 1024 * 1024

    private let id: [UInt8]?
    private let target: UpstreamTarget
    private let key: APIKey?
    private weak var client: Client?
    private let node: Node
    private var transfer: (any Transfer)?
    private var timer: (any ScheduledTimer)?
    private var head: ResponseHead?
    private var body: [UInt8] = []
    private var isOver = false

    init(id: [UInt8]?, target: UpstreamTarget, key: APIKey?, client: Client) {
        self.id = id
        self.target = target
        self.key = key
        self.client = client
        node = client.node
    }

    func start() {
        node.hub.queryStarted()
        transfer = node.upstream.start(
            TransferRequest(method: .get, url: target.endpoint.modelsURL, key: key), delegate: self)
        timer = node.timers.schedule(after: node.limits.connectTimeout + node.limits.firstByteTimeout) { [self] in
            fail(RequestFailure(.upstreamTimeout, "The upstream did not list its models in time.", stage: .headers))
        }
    }

    func cancel() {
        guard !isOver else { return }
        isOver = true
        node.hub.queryEnded()
        timer?.cancel()
        timer = nil
        transfer?.cancel()
        transfer = nil
    }

    private func answer(_ frame: [UInt8]) {
        cancel()
        client?.queryEnded(self, frame: frame)
    }

    private func fail(_ failure: RequestFailure) {
        node.diagnostics.record(
            .modelsFailed(upstream: target.name, code: failure.code, stage: failure.stage, status: failure.status))
        answer(
            ConnectionFrame.error(
                id: id, code: failure.code, message: failure.message, retryable: failure.retryable, command: "models",
                session: nil, status: failure.status, retryAfterMilliseconds: failure.retryAfterMilliseconds))
    }

    package func transferConnected() {}

    package func transferReceived(_ head: ResponseHead) { self.head = head }

    package func transferReceived(_ bytes: Span<UInt8>) {
        body.append(span: bytes)
        guard body.count > Self.maxBodyBytes else { return }
        fail(RequestFailure(.upstreamProtocol, "The upstream's list of models is too long.", stage: .parse))
    }

    package func transferEnded(_ end: TransferEnd) {
        transfer = nil
        if case .failed(let failure) = end {
            return fail(RequestFailure(failure, phase: head == nil ? .waiting : .streaming))
        }
        guard let head else {
            return fail(RequestFailure(.upstreamProtocol, "The upstream closed without an answer.", stage: .headers))
        }
        let body = body
        guard (200..<300).contains(head.status) else {
            let failure = classify(
                status: head.status, retryAfter: head["retry-after"], retryAfterMilliseconds: head["retry-after-ms"],
                contentType: head["content-type"], body: body.span)
            return fail(RequestFailure(failure, stage: .headers, redacting: key))
        }
        guard let list = try? decodeModelList(body.span) else {
            return fail(RequestFailure(.upstreamProtocol, "The upstream's list of models is not one.", stage: .parse))
        }
        let redaction = Redaction(key)
        answer(
            ConnectionFrame.models(
                id: id,
                models: list.map { model in
                    var object = ObjectWriter()
                    object.field("id", redaction.apply(model.id))
                    object.field("upstream", target.name)
                    object.field("created", model.created)
                    object.field("owned_by", redaction.apply(model.ownedBy))
                    return object.finish()
                }))
    }
}
