/// How many bytes may be kept for peers that are in the middle of something: what each of them may begin, all of them
/// together could otherwise begin at once. On the loop thread, like its owner.
struct ByteBudget {
    let limit: Int
    private(set) var used = 0

    init(limit: Int) { self.limit = limit }

    /// Takes `count` bytes for somebody; false, and nothing taken, where so many are not left.
    mutating func take(_ count: Int) -> Bool {
        guard count <= limit - used else { return false }
        used += count
        return true
    }

    /// - Parameter count: bytes that were taken.
    mutating func giveBack(_ count: Int) {
        precondition(count <= used, "more bytes are given back than were taken")
        used -= count
    }
}
