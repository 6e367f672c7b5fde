import ByteCoding
import Fuzzing
import Providers

/// Any bytes as the body of an error, as a list of models, as the value of a header, and as an operator's base URL.
@_cdecl("LLVMFuzzerTestOneInput")
package func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let statuses = [400, 401, 404, 408, 413, 422, 429, 500, 503, 529]
    let status = statuses[input.choice() % statuses.count]
    let header = String(decoding: input.text.suffix(input.choice() % 32), as: UTF8.self)
    lend(input.text) { body in
        for name in headers {
            let failure = classify(
                status: status, header: { $0 == name ? header : nil }, body: body, unixMilliseconds: 1_700_000_000_000)
            judge(failure)
        }
        judge(classify(ProviderError(body: body)))
        judgeModels(body)
        judgeParameters(body)
    }
    judgeURL(String(decoding: input.text, as: UTF8.self))
    return 0
}

/// Those that say how long to wait.
private let headers = [
    "retry-after", "retry-after-ms", "x-ratelimit-reset-tokens", "x-ratelimit-reset",
    "anthropic-ratelimit-tokens-reset",
]

private func judge(_ failure: ProviderFailure) {
    demand(failure.error.body.utf8.count <= ProviderError.maxBodyBytes, "an excerpt is bounded")
    if let wait = failure.retryAfterMilliseconds { demand((0...86_400_000).contains(wait), "nobody waits for ever") }
}

private func judgeModels(_ body: Span<UInt8>) {
    do throws(JSONError) {
        for model in try decodeModelList(body) { demand(!model.id.isEmpty, "a model has an id") }
    } catch {
        demand((0...body.count).contains(error.offset), "an error is in the text")
    }
}

/// What is accepted as parameters makes a body that is one JSON object, whose members are ours once.
private func judgeParameters(_ params: Span<UInt8>) {
    guard let endpoint = Endpoint(baseURL: "http://127.0.0.1") else { return demand(false, "there is a base URL") }
    let request = ChatRequest(model: "m", messages: Array("[]".utf8), params: params.indices.map { params[$0] })
    guard
        let body = try? encode(request, for: .chatCompletions, endpoint: endpoint, rules: ParameterRules()).body
    else { return }
    do throws(JSONError) {
        var reader = JSONReader(body.span)
        var streams = 0
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "stream") { streams += 1 }
            try reader.skipValue()
        }
        try reader.finish()
        demand(streams == 1, "we alone say that the answer is streamed")
    } catch {
        demand(false, "accepted parameters make a JSON object: \(error)")
    }
}

private func judgeURL(_ text: String) {
    for dialect in Dialect.allCases {
        guard let endpoint = Endpoint(baseURL: text, dialect: dialect) else { continue }
        for url in [endpoint.chatURL(model: text), endpoint.modelsURL].compactMap({ $0 }) {
            demand(url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a URL is printable ASCII")
            demand(url.lowercased().hasPrefix("http"), "a URL has one of our schemes")
        }
    }
}
