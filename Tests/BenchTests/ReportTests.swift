import Foundation
import Testing

@testable import tributary_bench

struct ReportTests {
    @Test("three digits that mean something, whatever the size")
    func figures() {
        #expect(Figure("", 0.126, .microseconds).text == "0.13 µs")
        #expect(Figure("", 16.26, .milliseconds).text == "16.3 ms")
        #expect(Figure("", 1234.4, .kibibytes).text == "1234 KiB")
        #expect(Figure("", count: 0).text == "0")
        #expect(Figure("", -0.5, .mebibytes).text == "-0.50 MiB")
        #expect(Figure("", 0.004, .seconds).text == "0.00 s")
    }

    @Test("a median is the middle, or between the two in it")
    func medians() {
        #expect([3.0, 1, 2].median == 2)
        #expect([4.0, 1, 2, 3].median == 2.5)
        #expect([Double]().median == 0)
    }

    @Test("runs are brought together by variant and server")
    func runs() throws {
        var results = Results()
        for value in [5.0, 1, 3] {
            results.add(row("a", .tributary, value), of: .relay, description: "d")
            results.add(row("a", .node, value * 10), of: .relay, description: "d")
        }
        let rows = try #require(results.sections.first).rows
        #expect(rows.map(\.subject) == [.tributary, .node])
        #expect(rows.map { $0["CPU per delta"]?.median } == [3, 30])
    }

    @Test("the part between a page's markers is replaced, twice as well as once, and nothing else")
    func markdown() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).md").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let page = "# Page\n\n\(MarkdownReport.begin)\nold\n\(MarkdownReport.end)\n\nThe rest.\n"
        try page.write(toFile: path, atomically: true, encoding: .utf8)
        var results = Results()
        results.add(row("", .tributary, 7), of: .burst, description: "What was done.")
        let report = MarkdownReport(results, Surroundings(arguments: ["--quick"]), runs: 1)
        try report.write(to: path)
        let once = try String(contentsOfFile: path, encoding: .utf8)
        try report.write(to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == once)
        #expect(once.hasPrefix("# Page\n\n\(MarkdownReport.begin)\n"))
        #expect(once.hasSuffix("\(MarkdownReport.end)\n\nThe rest.\n"))
        #expect(once.contains("| tributary | 7.00 µs |"))
        #expect(once.contains("`scripts/bench --quick`"))
        #expect(!once.contains("old"))
    }

    @Test("bars are shares of the Node bridge's; without it there is no picture")
    func picture() throws {
        var results = Results()
        results.add(row("", .tributary, 5), of: .burst, description: "d")
        #expect(BarPicture(results, caption: "") == nil)
        results.add(row("", .node, 20), of: .burst, description: "d")
        let svg = try #require(BarPicture(results, caption: "a <b> & c")).svg
        #expect(svg.contains("0.25 (5.00 µs)"))
        #expect(svg.contains("a &lt;b&gt; &amp; c"))
        // Every element is closed.
        let opened = svg.matches(of: /<(text|style|title|svg)\b/).count
        #expect(opened == svg.matches(of: /<\/(text|style|title|svg)>/).count)
    }

    private func row(_ variant: String, _ subject: SubjectName, _ value: Double) -> Row {
        Row(variant: variant, subject: subject, figures: [Figure("CPU per delta", value, .microseconds)])
    }
}
