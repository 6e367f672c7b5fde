import LoadKit
import Testing

@Suite struct TrendTests {
    @Test func aLineHasItsSlope() {
        let line = (0..<10).map { (x: Double($0), y: 3 + 2 * Double($0)) }
        #expect(Trend(line).slope == 2)
    }

    @Test func whatGoesUpAndDownAlikeIsFlat() {
        let wave = [(x: 0.0, y: 1.0), (x: 1.0, y: 3.0), (x: 2.0, y: 3.0), (x: 3.0, y: 1.0)]
        #expect(Trend(wave).slope == 0)
    }

    @Test func fewerThanTwoPointsAreFlat() {
        #expect(Trend([]).slope == 0)
        #expect(Trend([(x: 5, y: 7)]).slope == 0)
    }

    @Test func whatLiesOnTheLineHasNoError() {
        let line = (0..<10).map { (x: Double($0), y: 3 + 2 * Double($0)) }
        #expect(Trend(line).slopeError < 1e-9)
        // Residues 1, −1, −1, 1 (times 1), spread 5: √(4 / 2 / 5).
        let wave = [(x: 0.0, y: 1.0), (x: 1.0, y: -1.0), (x: 2.0, y: -1.0), (x: 3.0, y: 1.0)]
        #expect(abs(Trend(wave).slopeError - 0.4.squareRoot()) < 1e-9)
    }
}
