/// One thing to measure, of one server at a time.
protocol Scenario {
    /// What is done, in a sentence.
    var description: String { get }
    /// The servers that can do it.
    var subjects: [SubjectName] { get }
    /// Sockets that the busiest process has open.
    var sockets: Int { get }

    /// Measures a server that was started for it; `start` gives one, and each call a new one.
    func measure(_ name: SubjectName, on bench: Workbench) throws -> [Row.Part]
}

extension Row {
    /// A row as its scenario knows it: the figures, and what was varied.
    struct Part {
        /// Empty where there is but one row of a server.
        var variant = ""
        let figures: [Figure]
    }
}
