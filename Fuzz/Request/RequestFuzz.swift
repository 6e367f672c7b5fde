import ByteCoding
import Fuzzing
import Providers

/// `{"messages": …, "params": …}`, or any bytes as either, put into the words of a dialect under rules that the input chose.
@_cdecl("LLVMFuzzerTestOneInput")
package func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let dialect = Dialect.allCases[input.choice() % Dialect.allCases.count]
    let rules = rules(input.choice())
    let text = Array(input.text)
    let message = Array(#"[{"role":"user","content":"x"}]"#.utf8)
    judge(ChatRequest(model: "m", messages: message, params: text), for: dialect, rules)
    // Chat completions are sent messages as they came: whoever makes the request has checked them.
    if dialect != .chatCompletions { judge(ChatRequest(model: "m", messages: text), for: dialect, rules) }
    if let request = try? request(in: text) { judge(request, for: dialect, rules) }
    return 0
}

private func rules(_ choice: Int) -> ParameterRules {
    var rules = ParameterRules(lenient: choice & 1 != 0, asksForUsage: choice & 2 != 0)
    if choice & 4 != 0 { rules.caps = ["max_tokens": 100, "temperature": 0.5] }
    if choice & 8 != 0 { rules.deny = ["seed", "reasoning_effort"] }
    if choice & 16 != 0 { rules.defaults = Array(#"{"top_p":0.5,"max_tokens":50,"tools":[]}"#.utf8) }
    if choice & 32 != 0 { rules.allow = ["messages", "stop", "tools", "temperature", "x"] }
    return rules
}

private func request(in text: [UInt8]) throws(JSONError) -> ChatRequest {
    var reader = JSONReader(text.span)
    var request = ChatRequest(model: nil, messages: Array("[]".utf8))
    try reader.beginObject()
    while let key = try reader.nextKey() {
        let isMessages = reader.key(key, is: "messages")
        let isParams = reader.key(key, is: "params")
        var value: [UInt8] = []
        try reader.copyValue(into: &value)
        if isMessages { request.messages = value }
        if isParams { request.params = value }
    }
    try reader.finish()
    return request
}

private func judge(_ request: ChatRequest, for dialect: Dialect, _ rules: ParameterRules) {
    guard let endpoint = Endpoint(baseURL: "http://127.0.0.1", dialect: dialect),
        let encoded = try? encode(request, for: dialect, endpoint: endpoint, rules: rules)
    else { return }
    demand(encoded.dropped.isEmpty || rules.lenient, "only a lenient upstream leaves something out")
    demand(encoded.dropped.count <= 64, "what is left out is listed within bounds")
    let body = encoded.body
    do throws(JSONError) {
        // What was 64 deep stands deeper now.
        var reader = JSONReader(body.span, maxDepth: 128)
        var streams = 0
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "stream") { streams += 1 }
            try reader.skipValue()
        }
        try reader.finish()
        demand(streams == (dialect == .gemini ? 0 : 1), "we alone say that the answer is streamed")
    } catch {
        demand(false, "an encoded request is a JSON object: \(error)")
    }
    // What is no UTF-8 is three bytes for each: U+FFFD.
    demand(PromptContent(body: body.span).texts.reduce(0) { $0 + $1.count } <= 3 * body.count, "texts are the body's")
}
