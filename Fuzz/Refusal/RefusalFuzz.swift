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
        for model in try decodeModelList(body, dialect: .gemini) { demand(!model.id.isEmpty, "a model has an id") }
    } catch {
        demand((0...body.count).contains(error.offset), "an error is in the text")
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
