package import ChatProtocol
import ByteCoding
package import Providers

/// What an upstream can be asked beside chats: one `GET` that costs nothing.
package enum UpstreamQuestion: Sendable {
    /// Which models it has.
    case models
    /// What it has against a key: at the address that it has for that, or else by its list of models, which may be shown to
    /// anybody.
    case key

    /// What the upstream is to send, as a message calls it.
    package var noun: String {
        switch self {
        case .models: "list of models"
        case .key: "answer about keys"
        }
    }
}

extension UpstreamTarget {
    /// A question on its way here.
    package func request(_ question: UpstreamQuestion, key: APIKey?) -> TransferRequest {
        let url = keyCheckURL(for: question) ?? endpoint.modelsURL
        return TransferRequest(
            method: .get, url: url, headers: headers(over: endpoint.headers), key: key, keyPlacement: keyPlacement,
            route: route)
    }

    /// The models that an answer lists, none where something else was asked for. Nil where it is no answer to that question:
    /// a page of somebody on the way, say.
    package func models(in answer: Span<UInt8>, to question: UpstreamQuestion) -> [ListedModel]? {
        guard keyCheckURL(for: question) != nil else { return try? decodeModelList(answer, dialect: dialect) }
        do throws(JSONError) {
            var reader = JSONReader(answer)
            guard try reader.peek() == .object else { return nil }
            try reader.skipValue()
            try reader.finish()
            return []
        } catch {
            return nil
        }
    }

    private func keyCheckURL(for question: UpstreamQuestion) -> String? {
        question == .key ? endpoint.keyCheckURL : nil
    }
}
