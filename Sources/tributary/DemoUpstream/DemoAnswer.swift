/// Made-up answers that look like a model's: paragraphs, lists, code, a table. The same question gets the same answer, and
/// another choice of the same question a different one.
struct DemoAnswer {
    /// What the question is about, in its own words.
    let topic: String
    private var choice: DemoDice

    init(question: String, choice index: Int) {
        topic = Self.topic(of: question)
        choice = DemoDice(seed: question, index)
    }

    /// The answer, in Markdown.
    mutating func text() -> String {
        var blocks = [opening()]
        var middle = [points(), code(), table(), choice.pick(DemoPhrases.paragraphs), steps()]
        choice.shuffle(&middle)
        blocks += middle.prefix(3 + choice.roll(2))
        blocks.append(choice.pick(DemoPhrases.closings))
        return blocks.joined(separator: "\n\n")
    }

    /// What a model thinks before it answers.
    mutating func reasoning() -> String {
        """
        The user asks about “\(topic)”. \(choice.pick(DemoPhrases.thoughts)) I should begin with the short answer, then give \
        an example. Let me check that I am not overlooking anything… no, that is fine.
        """
    }

    /// The first words of a question, as one line without marks that would become Markdown.
    static func topic(of question: String) -> String {
        let plain = question.map { $0.isWhitespace || "`*_#<>|[]".contains($0) ? " " : $0 }
        let words = String(plain).split(separator: " ")
        guard !words.isEmpty else { return "nothing in particular" }
        var topic = words.prefix(10).joined(separator: " ")
        if topic.count > 80 { topic = String(topic.prefix(80)) }
        while let last = topic.last, ".,;:!? ".contains(last) { topic.removeLast() }
        guard !topic.isEmpty else { return "that" }
        return words.count > 10 ? topic + " …" : topic
    }

    // MARK: Blocks

    private mutating func opening() -> String {
        choice.pick(DemoPhrases.openings).replacing("TOPIC", with: "“\(topic)”")
    }

    private mutating func points() -> String {
        var points = DemoPhrases.points
        choice.shuffle(&points)
        return "### What matters\n\n" + points.prefix(3 + choice.roll(3)).map { "- \($0)" }.joined(separator: "\n")
    }

    private mutating func steps() -> String {
        var steps = DemoPhrases.steps
        choice.shuffle(&steps)
        return "One way to go about it:\n\n"
            + steps.prefix(3 + choice.roll(2)).enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(
                separator: "\n")
    }

    private mutating func code() -> String {
        let sample = choice.pick(DemoPhrases.code)
        return "A small example:\n\n```\(sample.language)\n\(sample.text)\n```"
    }

    private mutating func table() -> String {
        var rows = DemoPhrases.rows
        choice.shuffle(&rows)
        return "| Approach | Effort | When it fits |\n|---|:---:|---|\n" + rows.prefix(3).joined(separator: "\n")
    }
}

/// Choices that depend on a seed alone (FNV-1a, then SplitMix64).
struct DemoDice {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    init(seed: String, _ index: Int) {
        for byte in seed.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        state &+= UInt64(truncatingIfNeeded: index) &* 0xd134_2543_de82_ef95
    }

    /// From 0 to `sides` - 1.
    mutating func roll(_ sides: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(sides))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[roll(elements.count)]
    }

    mutating func shuffle<Element>(_ elements: inout [Element]) {
        for index in elements.indices.dropFirst().reversed() { elements.swapAt(index, roll(index + 1)) }
    }
}
