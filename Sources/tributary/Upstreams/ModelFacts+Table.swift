import BridgeCore
import Providers
import Tokenizer

extension ModelFacts {
    /// What a table knows, for an upstream of a provider.
    static func source(_ table: ModelTable, provider: String) -> @Sendable (_ model: String) -> ModelFacts {
        { model in
            guard let entry = table.entry(for: model) else { return ModelFacts(unit: TokenUnit(model: model)) }
            return ModelFacts(entry, of: model, at: provider)
        }
    }

    init(_ entry: KnownModel, of model: String, at provider: String) {
        let unit: TokenUnit =
            switch entry.measure {
            case .o200k: .o200k
            case .cl100k: .cl100k
            case .likeO200k(let factor): .likeO200k(factor: factor)
            case .bytesPerToken(let bytes): .calibrated(bytesPerToken: bytes)
            case nil: TokenUnit(model: model)
            }
        self.init(
            contextTokens: entry.contextTokens, maxOutputTokens: entry.maxOutputTokens,
            inputModalities: entry.inputModalities, outputModalities: entry.outputModalities,
            inputPrice: entry.prices[provider]?.input, outputPrice: entry.prices[provider]?.output, unit: unit,
            adaptiveThinking: entry.adaptiveThinking ?? [])
    }
}
