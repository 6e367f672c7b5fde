import BridgeCore
import BridgeTestKit
import Testing

@Suite("The line before an upstream")
struct FairQueueTests {
    private final class Guest {
        let name: String
        init(_ name: String) { self.name = name }
    }

    @Test("lines are served in turn, and each in the order of coming")
    func turns() {
        var queue = FairQueue<String, Guest>()
        for name in ["a1", "a2", "a3", "b1", "c1", "b2"] { queue.append(Guest(name), of: String(name.prefix(1))) }
        var order: [String] = []
        while let guest = queue.next() { order.append(guest.name) }
        #expect(order == ["a1", "b1", "c1", "a2", "b2", "a3"] && queue.isEmpty)
    }

    @Test("who leaves is not served, and is no longer there")
    func leaving() {
        var queue = FairQueue<String, Guest>()
        let guests = ["a1", "a2", "b1"].map { Guest($0) }
        for guest in guests { queue.append(guest, of: String(guest.name.prefix(1))) }
        let wasThere = [(2, "b"), (2, "b"), (0, "a")].map { queue.remove(guests[$0.0], of: $0.1) }
        #expect(wasThere == [true, false, true] && queue.count == 1)
        let rest = [queue.next(), queue.next()]
        #expect(rest[0] === guests[1] && rest[1] == nil)
    }

    @Test("one more or less than another, by chance, of all who have someone waiting", arguments: Seeds.of(50))
    func fairness(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = FairQueue<Int, Guest>()
        var waiting: [Int: [Guest]] = [:]
        var served: [Int: Int] = [:]
        for step in 0..<600 {
            let owner = Int.random(in: 0..<5, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1, 2:
                let guest = Guest("\(owner)/\(step)")
                if waiting[owner]?.isEmpty ?? true {
                    // Whoever comes to an empty line has the last turn: it counts as served as often as the others.
                    served[owner] = served.filter { !(waiting[$0.key]?.isEmpty ?? true) }.values.max() ?? 0
                }
                queue.append(guest, of: owner)
                waiting[owner, default: []].append(guest)
            case 3:
                if let guest = waiting[owner]?.randomElement(using: &random) {
                    let wasThere = queue.remove(guest, of: owner)
                    #expect(wasThere)
                    waiting[owner]?.removeAll { $0 === guest }
                }
            default:
                guard let guest = queue.next(), let owner = waiting.first(where: { $0.value.first === guest })?.key
                else {
                    #expect(queue.isEmpty && waiting.values.allSatisfy(\.isEmpty), "seed \(seed): out of order")
                    continue
                }
                waiting[owner]?.removeFirst()
                served[owner, default: 0] += 1
                let counts = served.filter { !(waiting[$0.key]?.isEmpty ?? true) }.values
                #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 2, "seed \(seed)")
            }
            #expect(queue.count == waiting.values.reduce(0) { $0 + $1.count })
        }
    }
}
