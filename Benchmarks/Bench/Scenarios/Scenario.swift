/// One thing to measure, of one server at a time.
protocol Scenario {
    /// What is done, in a sentence.
    var description: String { get }
    /// The servers that can do it.
    var subjects: [SubjectName] { get }
    /// Sockets that the busiest process has open.
    var sockets: Int { get }

    /// Measures one server, in processes started for this and ended when it returns. Throws where it cannot be measured.
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
