/// The straight line through points, by least squares.
package struct Trend {
    /// Change of y by x; 0 for fewer than two points.
    package let slope: Double
    /// How far off the slope may be by chance: its standard error, where the points lie about the line independently of
    /// each other. 0 for fewer than three.
    package let slopeError: Double

    package init(_ points: [(x: Double, y: Double)]) {
        let count = Double(points.count)
        let meanX = points.reduce(0) { $0 + $1.x } / max(1, count)
        let meanY = points.reduce(0) { $0 + $1.y } / max(1, count)
        let spread = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        let joint = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
        let slope = spread > 0 ? joint / spread : 0
        let residue = points.reduce(0) { sum, point in
            let distance = point.y - meanY - slope * (point.x - meanX)
            return sum + distance * distance
        }
        self.slope = slope
        slopeError = points.count > 2 && spread > 0 ? (residue / (count - 2) / spread).squareRoot() : 0
    }
}
