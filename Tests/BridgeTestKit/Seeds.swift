import Foundation

/// The seeds of a test that goes by chance. Two environment variables change them:
///
/// - `TRIBUTARY_SEED=17` plays that one again: a test that fails says which.
/// - `TRIBUTARY_ROUNDS=100` plays so many times as many as usual, each of them new.
package enum Seeds {
    package static func of(_ count: Int) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let text = environment["TRIBUTARY_SEED"] {
            guard let seed = UInt64(text) else { preconditionFailure("TRIBUTARY_SEED is not a number: \(text)") }
            return [seed]
        }
        let rounds = environment["TRIBUTARY_ROUNDS"].map { Int($0) ?? 0 } ?? 1
        precondition(rounds > 0, "TRIBUTARY_ROUNDS is not a number of rounds")
        return (0..<UInt64(count * rounds)).map(\.self)
    }
}
