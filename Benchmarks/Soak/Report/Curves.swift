/// The samples as a picture: one panel a figure, one above the other, over the same time.
struct Curves {
    private struct Panel {
        let title: String
        let color: String
        let values: [Double]
    }

    private static let width = 960.0
    private static let panelHeight = 130.0
    private static let left = 70.0
    private static let plotHeight = 90.0

    private let times: [Double]
    private let panels: [Panel]

    init(_ samples: [Sample]) {
        times = samples.map(\.seconds)
        panels = [
            Panel(
                title: "Memory (RSS), MiB", color: "#3f51b5",
                values: samples.map { Double($0.residentBytes) / 1_048_576 }),
            Panel(title: "Open descriptors", color: "#00796b", values: samples.map { Double($0.descriptors) }),
            Panel(
                title: "Deltas a second, from the upstream", color: "#c62828", values: samples.map(\.deltasPerSecond)),
            Panel(title: "Messages a second, to all tabs", color: "#6a1b9a", values: samples.map(\.messagesPerSecond)),
            Panel(title: "Streams that run", color: "#ef6c00", values: samples.map { Double($0.running) }),
            Panel(title: "Processor, % of a core", color: "#455a64", values: samples.map { $0.processorShare * 100 }),
        ]
    }

    var svg: String {
        let height = Double(panels.count) * Self.panelHeight + 30
        var lines = [
            #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(Self.width)" height="\#(height)" "#
                + #"font-family="sans-serif" font-size="12" fill="dimgray">"#,
            #"<rect width="100%" height="100%" fill="white"/>"#,
        ]
        for (index, panel) in panels.enumerated() { lines += draw(panel, top: Double(index) * Self.panelHeight + 10) }
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    private func draw(_ panel: Panel, top: Double) -> [String] {
        let highest = Self.round(up: panel.values.max() ?? 0)
        let last = max(1, times.last ?? 1)
        let plotWidth = Self.width - Self.left - 20
        let bottom = top + 20 + Self.plotHeight
        let points = zip(times, panel.values).map { time, value in
            "\(short(Self.left + time / last * plotWidth)),\(short(bottom - value / highest * Self.plotHeight))"
        }
        var lines = [#"<text x="\#(Self.left)" y="\#(top + 12)" font-weight="bold">\#(panel.title)</text>"#]
        for step in 0...2 {
            let y = bottom - Self.plotHeight * Double(step) / 2
            lines.append(
                #"<path d="M\#(Self.left) \#(y)h\#(plotWidth)" stroke="gainsboro"/>"#
                    + #"<text x="\#(Self.left - 8)" y="\#(y + 4)" text-anchor="end">\#(short(highest * Double(step) / 2))</text>"#
            )
        }
        for minute in stride(from: 0, through: last / 60, by: max(1, (last / 600).rounded(.up))) {
            let x = Self.left + minute * 60 / last * plotWidth
            lines.append(
                #"<text x="\#(short(x))" y="\#(bottom + 14)" text-anchor="middle">\#(short(minute)) min</text>"#)
        }
        lines.append(
            #"<polyline fill="none" stroke="\#(panel.color)" points="\#(points.joined(separator: " "))"/>"#)
        return lines
    }

    /// The next of 1, 2, 5, 10, 20 … that is not below.
    private static func round(up value: Double) -> Double {
        var unit = 1.0
        while unit * 10 < value { unit *= 10 }
        return [1, 2, 5, 10].map { $0 * unit }.first { $0 >= value } ?? unit
    }

    private func short(_ number: Double) -> String {
        let tenths = (number * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }
}
