/// What has a peer as bars: a server's CPU or memory as a share of the Node bridge's, which is 1. An SVG with colours for
/// light and for dark pages.
struct BarPicture {
    struct Group {
        let title: String
        let bars: [Bar]
    }

    struct Bar {
        let subject: SubjectName
        /// Of the Node bridge's.
        let share: Double
        /// What was measured, in words.
        let label: String
    }

    private let groups: [Group]
    private let caption: String

    /// Nil where there is nothing to compare: no peer was measured.
    init?(_ results: Results, caption: String) {
        groups = results.sections.flatMap { section in
            Self.figures.compactMap { Self.group(section, figure: $0) }
        }
        self.caption = caption
        if groups.isEmpty { return nil }
    }

    /// The figures that are drawn where a scenario has them.
    private static let figures = [
        "CPU per delta", "CPU per delivery", "memory per tab", "memory per stream", "until it listens",
    ]

    private static func group(_ section: Results.Section, figure: String) -> Group? {
        // Where something was varied, the last variant stands for all.
        guard let last = section.rows.last(where: { $0.subject == .node && $0[figure] != nil }),
            case let rows = section.rows.filter({ $0.variant == last.variant }),
            let node = last[figure]?.median, node > 0
        else { return nil }
        let bars = rows.compactMap { row in
            row[figure].map { Bar(subject: row.subject, share: $0.median / node, label: $0.text) }
        }
        let variant = last.variant.isEmpty ? "" : ", \(last.variant)"
        return Group(title: "\(section.scenario.rawValue)\(variant): \(figure)", bars: bars)
    }

    // MARK: Drawing

    private static let width = 760
    private static let labelEnd = 100
    /// Where a share of 1 ends.
    private static let unitEnd = 590
    /// No bar is drawn longer.
    private static let longestShare = 1.1

    var svg: String {
        var lines: [String] = []
        var y = 34
        for group in groups {
            lines.append(Self.text(0, y + 14, "title", group.title))
            y += 22
            for bar in group.bars {
                lines.append(contentsOf: draw(bar, y))
                y += 20
            }
            y += 12
        }
        let ruler =
            "<line class=\"ruler\" x1=\"\(Self.unitEnd)\" y1=\"28\" x2=\"\(Self.unitEnd)\" y2=\"\(y - 8)\"/>"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(y + 20)" role="img">
            <title>Tributary beside its peers; the Node bridge is 1</title>
            <style>
            text { font: 13px system-ui, sans-serif; fill: #24292f }
            .title { font-weight: 600 }
            .name { text-anchor: end }
            .small { font-size: 11px; fill: #57606a }
            .tributary { fill: #0a7d4f }
            .node { fill: #b9770e }
            .nginx { fill: #6e7781 }
            .ruler { stroke: #8c959f; stroke-dasharray: 3 3 }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 }
            .small { fill: #9198a1 }
            .tributary { fill: #3fb984 }
            .node { fill: #e3a33c }
            .nginx { fill: #8b949e }
            }
            </style>
            \(Self.text(Self.unitEnd, 20, "small", "Node ws = 1; shorter is better"))
            \(ruler)
            \(lines.joined(separator: "\n"))
            \(Self.text(0, y + 10, "small", caption))
            </svg>

            """
    }

    private func draw(_ bar: Bar, _ y: Int) -> [String] {
        let share = min(bar.share, Self.longestShare)
        let length = max(1, Int((share * Double(Self.unitEnd - Self.labelEnd)).rounded()))
        let label = "\(bar.share.text(decimals: 2)) (\(bar.label))"
        return [
            Self.text(Self.labelEnd - 8, y + 12, "name", bar.subject.rawValue),
            """
            <rect class="\(bar.subject.styleClass)" x="\(Self.labelEnd)" y="\(y)" width="\(length)" height="15" rx="2"/>
            """,
            Self.text(Self.labelEnd + length + 6, y + 12, "small", label),
        ]
    }

    private static func text(_ x: Int, _ y: Int, _ style: String, _ words: String) -> String {
        let escaped = words.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: String(character)
            }
        }.joined()
        return "<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\">\(escaped)</text>"
    }
}

extension SubjectName {
    /// A word that CSS takes.
    fileprivate var styleClass: String { self == .node ? "node" : rawValue }
}
