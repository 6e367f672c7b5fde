import LoadKit
import Testing

@Suite struct LatenciesTests {
    @Test func nothingRecordedIsZero() {
        let latencies = Latencies()
        #expect(latencies.count == 0 && latencies.p50 == 0 && latencies.p99 == 0 && latencies.max == 0)
    }

    @Test func smallValuesAreExact() {
        let latencies = Latencies()
        for value in 0..<64 { latencies.record(UInt64(value)) }
        #expect(latencies.p50 == 31)
        #expect(latencies.max == 63)
        #expect(latencies.quantile(1) == 63)
    }

    @Test("A quantile is never below the true one, and at most 3.2 % above", arguments: [0.01, 0.5, 0.9, 0.99, 0.999])
    func quantiles(share: Double) {
        let latencies = Latencies()
        var values: [UInt64] = []
        var value: UInt64 = 1
        for index in 0..<20_000 {
            value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            values.append((value >> 20) >> (UInt64(index) % 40))
        }
        for value in values { latencies.record(value) }
        values.sort()
        let exact = values[Int((share * Double(values.count)).rounded(.up)) - 1]
        let read = latencies.quantile(share)
        #expect(read >= exact)
        #expect(Double(read) <= Double(exact) * 1.032)
    }

    @Test func theGreatestValuesHaveAPlace() {
        let latencies = Latencies()
        latencies.record(.max)
        #expect(latencies.max == .max && latencies.p50 == .max)
    }

    @Test func twoAddUpToOne() {
        let one = Latencies()
        let other = Latencies()
        for value in 1...100 { (value.isMultiple(of: 2) ? one : other).record(UInt64(value) * 1_000) }
        one.add(other)
        #expect(one.count == 100 && one.max == 100_000)
        #expect((50_000...51_600).contains(one.p50))
    }
}
