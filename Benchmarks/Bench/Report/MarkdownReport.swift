import Foundation

/// The results as a part of a page: put between two markers of the file where it has them, else the file is this part alone.
struct MarkdownReport {
    static let begin = "<!-- benchmark: begin (scripts/bench --markdown writes this part) -->"
    static let end = "<!-- benchmark: end -->"

    let text: String

    /// - Parameter runs: how many runs the medians are of.
    init(_ results: Results, _ surroundings: Surroundings, runs: Int) {
        var parts = [
            surroundings.text + (runs > 1 ? " Medians of \(runs) runs." : " One run."),
            "To repeat it: `\(surroundings.command)`.",
        ]
        for section in results.sections {
            parts.append("### \(section.scenario.rawValue)\n\n\(section.description)")
            parts += Grid.grids(of: section).map(\.markdown)
            if !section.remarks.isEmpty { parts.append(section.remarks.map { "- \($0)" }.joined(separator: "\n")) }
        }
        text = parts.joined(separator: "\n\n")
    }

    func write(to path: String) throws {
        let part = "\(Self.begin)\n\n\(text)\n\n\(Self.end)"
        var page = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        if let start = page.range(of: Self.begin), let end = page.range(of: Self.end),
            start.upperBound <= end.lowerBound
        {
            page.replaceSubrange(start.lowerBound..<end.upperBound, with: part)
        } else {
            page = part + "\n"
        }
        try page.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
