import BridgeTestKit
import Foundation
import Synchronization

/// What an upstream did with one attempt at a request.
enum FlakyAnswer: Equatable {
    case refused(status: Int)
    /// It broke off before the first word.
    case broken
    /// It broke off after this text.
    case cut(String)
    case whole(String)
}

/// Two upstreams that answer by chance, and a book of what each request was told, in order.
final class FlakyBook: Sendable {
    struct Entry: Equatable {
        var upstream: String
        var answer: FlakyAnswer
    }

    private struct State {
        var random: SeededGenerator
        var entries: [String: [Entry]] = [:]
        var inside: [String: Int] = [:]
        var mostInside: [String: Int] = [:]
    }

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(random: SeededGenerator(seed: seed))) }

    /// What a request was told; its prompt is its name.
    func entries(_ request: String) -> [Entry] { state.withLock { $0.entries[request] ?? [] } }
    var attempts: Int { state.withLock { $0.entries.values.reduce(0) { $0 + $1.count } } }
    var requests: Int { state.withLock { $0.entries.count } }
    /// The most requests that an upstream had at a time.
    func mostInside(_ upstream: String) -> Int { state.withLock { $0.mostInside[upstream] ?? 0 } }

    /// Of a hundred attempts, thirty are refused; two break off before their first word, and two after it.
    func script(for request: ScriptedRequest, at upstream: String) -> Script {
        let name = Self.name(of: request)
        let (answer, pieces) = state.withLock { state in
            let inside = state.inside[upstream, default: 0] + 1
            state.inside[upstream] = inside
            state.mostInside[upstream] = max(state.mostInside[upstream, default: 0], inside)
            let attempt = state.entries[name, default: []].count + 1
            // No two attempts say the same, so that a piece of another one would be noticed.
            let count = Int.random(in: 1...6, using: &state.random)
            let pieces = (0..<count).map { "\(name) \(attempt) \($0) \(state.random.next() % 1000); " }
            let answer: FlakyAnswer
            switch Int.random(in: 0..<100, using: &state.random) {
            case ..<15: answer = .refused(status: 429)
            case ..<30: answer = .refused(status: 503)
            case ..<32: answer = .broken
            case ..<34: answer = .cut(pieces.joined())
            default: answer = .whole(pieces.joined())
            }
            state.entries[name, default: []].append(Entry(upstream: upstream, answer: answer))
            return (answer, pieces)
        }
        // Before the words that end the answer: the next request may come right after them.
        let leave = Script.Step.call { [self] in state.withLock { $0.inside[upstream, default: 0] -= 1 } }
        let deltas = pieces.map { Script.Step.delta($0, model: upstream) }
        switch answer {
        case .refused(429):
            return [leave] + .answer(status: 429, headers: [(name: "retry-after-ms", value: "2")], body: Self.error)
        case .refused(let status): return [leave] + .answer(status: status, body: Self.error)
        case .broken: return [.streamHead, .event(#"{"choices":[{"delta":{"role":"assistant"}}]}"#), leave, .close]
        case .cut: return Script([.streamHead] + deltas + [leave, .close])
        case .whole: return Script([.streamHead] + deltas + [leave, .finish(model: upstream), .done, .lastChunk])
        }
    }

    private static let error = #"{"error":{"message":"Not now.","type":"busy"}}"#

    private static func name(of request: ScriptedRequest) -> String {
        let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
        return (body?["messages"] as? [[String: Any]])?.last?["content"] as? String ?? ""
    }
}
