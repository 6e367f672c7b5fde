import Fuzzing

extension Input {
    /// A number from 0 to `bound - 1`.
    mutating func below(_ bound: Int) -> Int { Int(next() ?? 0) % bound }

    mutating func flip() -> Bool { (next() ?? 0) & 1 == 1 }

    /// How many messages a socket takes; nil for no end.
    mutating func room() -> Int? { [nil, 0, 1, 3][below(4)] }
}
