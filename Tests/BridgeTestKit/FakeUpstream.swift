package import BridgeCore

/// An upstream that the test plays.
package final class FakeUpstream: Upstream {
    package private(set) var transfers: [FakeTransfer] = []

    package init() {}

    package func start(_ request: TransferRequest, delegate: any TransferDelegate) -> any Transfer {
        let transfer = FakeTransfer(request: request, delegate: delegate)
        transfers.append(transfer)
        return transfer
    }

    /// The newest transfer to the upstream of that name (see `UpstreamTarget.fake`); nil where none was started.
    package func newest(to name: String) -> FakeTransfer? {
        transfers.last { $0.request.url.hasPrefix("http://\(name).test/") }
    }

    package var last: FakeTransfer {
        guard let transfer = transfers.last else { preconditionFailure("no transfer was started") }
        return transfer
    }
}

package final class FakeTransfer: Transfer {
    package let request: TransferRequest
    private var delegate: (any TransferDelegate)?
    package private(set) var isCancelled = false
    private var isTellingEnd = false

    init(request: TransferRequest, delegate: any TransferDelegate) {
        self.request = request
        self.delegate = delegate
    }

    /// It has told its end, or was cancelled.
    package var hasEnded: Bool { delegate == nil }

    package var body: String { String(decoding: request.body, as: UTF8.self) }

    package func cancel() {
        isCancelled = true
        delegate = nil
    }

    package var requestBody: (any RequestBody)? {
        delegate != nil || isTellingEnd ? FakeBody(request.body) : nil
    }

    package func connect() { delegate?.transferConnected() }

    package func head(_ status: Int = 200, _ headers: [(name: String, value: String)] = []) {
        let type = ("content-type", status == 200 ? "text/event-stream" : "application/json")
        delegate?.transferReceived(ResponseHead(status: status, headers: headers + [type]))
    }

    package func bytes(_ text: String) { bytes(Array(text.utf8)) }

    package func bytes(_ bytes: [UInt8]) {
        delegate?.transferReceived(bytes.span)
    }

    /// One event of the stream.
    package func event(_ data: String) { bytes("data: \(data)\n\n") }

    /// A chat-completion chunk with a piece of text; `text` must need no escapes.
    package func text(_ text: String, choice: Int = 0) {
        event(#"{"id":"cmpl-1","model":"fake-model","choices":[{"index":\#(choice),"delta":{"content":"\#(text)"}}]}"#)
    }

    package func reasoning(_ text: String) {
        event(#"{"id":"cmpl-1","model":"fake-model","choices":[{"index":0,"delta":{"reasoning_content":"\#(text)"}}]}"#)
    }

    package func finish(_ reason: String = "stop") {
        event(#"{"id":"cmpl-1","model":"fake-model","choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"#)
    }

    package func done() { event("[DONE]") }

    package func end() { deliver(.complete) }

    package func fail(_ kind: TransferFailure.Kind, _ message: String = "it broke") {
        deliver(.failed(TransferFailure(kind, message)))
    }

    private func deliver(_ end: TransferEnd) {
        let delegate = delegate
        self.delegate = nil
        isTellingEnd = true
        delegate?.transferEnded(end)
        isTellingEnd = false
    }
}
