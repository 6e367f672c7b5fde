/// How long an answer a request asks its upstream for, in tokens: what its parameters say in any of the spellings, under the
/// upstream's rules, as `encode` would send it. Nil where the provider's own length holds, or where `encode` would refuse.
/// - Parameter maxOutputTokens: the longest answer of the model, where it is known.
package func replyTokens(
    params: [UInt8]?, for dialect: Dialect, rules: ParameterRules, maxOutputTokens: Int?
) -> Int? {
    // What may not be sent is `encode`'s to refuse.
    var omissions = Omissions(isLenient: true)
    let request = ChatRequest(model: nil, messages: [], params: params)
    guard let parameters = try? Parameters(of: request, under: rules, in: dialect, &omissions),
        let length = parameters["max_tokens"]?.number.flatMap({ Int(exactly: $0.rounded(.up)) }), length > 0
    else { return nil }
    // As `anthropicBody` has it.
    let isBound = dialect == .anthropic && parameters.lengthIsCap
    return isBound ? min(length, maxOutputTokens ?? length) : length
}
