/// The straight line through points, by least squares.
package struct Trend {
    /// Change of y by x; 0 for fewer than two points.
    package let slope: Double

    package init(_ points: [(x: Double, y: Double)]) {
        let count = Double(points.count)
        let meanX = points.reduce(0) { $0 + $1.x } / max(1, count)
        let meanY = points.reduce(0) { $0 + $1.y } / max(1, count)
        let spread = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        let joint = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
        slope = spread > 0 ? joint / spread : 0
    }
}
