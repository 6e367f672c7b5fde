/// A name of a model, or a pattern in which each `*` stands for any run of bytes, an empty one included.
struct ModelPattern {
    private static let star = UInt8(ascii: "*")
    private let pattern: [UInt8]

    init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

    /// Whether it is a name, and so matches nothing else.
    var isExact: Bool { !pattern.contains(Self.star) }

    /// Takes time in proportion to the product of both lengths at most: it goes back to the last star only.
    func matches(_ model: String) -> Bool {
        let name = Array(model.utf8)
        var place = 0
        var index = 0
        var star: (after: Int, taken: Int)?
        while index < name.count {
            if place < pattern.count, pattern[place] == Self.star {
                star = (place + 1, index)
                place += 1
            } else if place < pattern.count, pattern[place] == name[index] {
                place += 1
                index += 1
            } else if let last = star {
                star = (last.after, last.taken + 1)
                place = last.after
                index = last.taken + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == Self.star }
    }
}
