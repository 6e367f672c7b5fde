import BridgeCore
import Testing

@Suite("Deadline queue")
struct DeadlineQueueTests {
    @Test("what is due comes out in order, the rest stays")
    func order() {
        var queue = DeadlineQueue<Int>()
        for number in 0..<1000 { queue.add(number, deadline: UInt64(number / 10)) }
        #expect(queue.count == 1000 && queue.take(at: 0) == 0)
        var taken = 1
        while let next = queue.take(at: 49) {
            #expect(next == taken)
            taken += 1
        }
        #expect(taken == 500 && queue.count == 500)
        while queue.take(at: 1000) != nil { taken += 1 }
        #expect(taken == 1000 && queue.isEmpty)
    }
}
