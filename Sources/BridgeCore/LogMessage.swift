import ByteCoding
import ChatProtocol

/// The messages a session's log is sent in ("Merging" in docs/protocol.md).
///
/// A message holds exactly the entries after a cursor up to some seq. Deltas that follow each other in `n`, of one choice
/// and kind and without logprobs, become one frame with the `seq` and `n` of the last, also across other requests'
/// entries in between; frames stand in rising `seq`. Content is JSON-escaped already, so merging concatenates bytes.
package struct MessagePlan {
    /// One frame to be: a single entry, or deltas to be merged.
    struct Run {
        /// Indices into the log's entries.
        var first: Int32
        var last: Int32
    }

    var runs: [Run] = []
    /// By distance from the first entry: the next entry of the same run, or -1.
    var next: [Int32] = []
    /// Tells this plan's `openRun`s from those of earlier plans.
    var stamp: UInt64 = 0

    package init() {}
}

extension SessionLog {
    /// Upper bound of a frame's bytes beyond ids, members and content: type, numbers, field names, newline.
    private static let frameOverhead = 200
    /// The same for one more piece of a tool call in a merged frame.
    private static let pieceOverhead = 100

    /// Writes the next message for whoever has everything up to `cursor`: as many entries as fit in about `limit` bytes,
    /// at least one (a single entry may be larger). Returns the cursor after it.
    /// - Precondition: `holds(after: cursor)` and `cursor < head`.
    package mutating func writeMessage(
        after cursor: UInt64, limit: Int, plan: inout MessagePlan, to out: inout [UInt8]
    ) -> UInt64 {
        precondition(cursor < head && holds(after: cursor))
        let start = entry(at: cursor + 1)
        if start == entries.count - 1 {
            writeFrame(first: start, last: start, seq: head, from: start, plan: plan, to: &out)
            return head
        }
        let end = makePlan(from: start, limit: limit, plan: &plan)
        for (position, run) in plan.runs.enumerated() {
            if position > 0 { out.append(UInt8(ascii: "\n")) }
            let last = Int(run.last)
            writeFrame(
                first: Int(run.first), last: last, seq: cursor + UInt64(last - start + 1), from: start, plan: plan,
                to: &out)
        }
        return cursor + UInt64(end - start)
    }

    /// Decides which entries from `start` on go into one message and which of them merge. Returns the end index.
    private mutating func makePlan(from start: Int, limit: Int, plan: inout MessagePlan) -> Int {
        plan.stamp &+= 1
        plan.runs.removeAll(keepingCapacity: true)
        plan.next.removeAll(keepingCapacity: true)
        var estimate = 0
        var index = start
        while index < entries.count {
            let entry = entries[index]
            let slot = Int(entry.slot)
            let open = slots[slot].planStamp == plan.stamp ? Int(slots[slot].openRun) : -1
            let joins = open >= 0 && canFollow(entry, entries[Int(plan.runs[open].last)])
            let cost =
                joins
                ? Int(entry.length) + (entry.isWide ? Self.pieceOverhead : 0)
                : Int(entry.length) + Self.frameOverhead + slots[slot].head.count
            if estimate + cost > limit, index > start { break }
            estimate += cost
            plan.next.append(-1)
            if joins {
                plan.next[Int(plan.runs[open].last) - start] = Int32(index)
                plan.runs[open].last = Int32(index)
            } else {
                slots[slot].planStamp = plan.stamp
                slots[slot].openRun = Int32(plan.runs.count)
                plan.runs.append(.init(first: Int32(index), last: Int32(index)))
            }
            index += 1
        }
        if plan.runs.count > 1 { plan.runs.sort { $0.last < $1.last } }
        return index
    }

    /// Whether two entries of one request, next to each other in `n`, may share a frame.
    private func canFollow(_ entry: Entry, _ previous: Entry) -> Bool {
        entry.kind.isDelta && entry.kind == previous.kind && entry.choice == previous.choice
            && (entry.kind == .toolCall || (!entry.isWide && !previous.isWide))
            && !hasLogprobs(entry) && !hasLogprobs(previous)
    }

    private func hasLogprobs(_ entry: Entry) -> Bool {
        guard entry.isWide else { return false }
        let header = wideHeader(entry)
        return entry.length > UInt32(WideHeader.size) + header.contentLength + header.idLength + header.nameLength
    }

    private func wideHeader(_ entry: Entry) -> WideHeader {
        let bytes = arena.span
        return WideHeader(reading: bytes.extracting(arenaRange(entry)))
    }

    // MARK: Frames

    private func writeFrame(
        first: Int, last: Int, seq: UInt64, from start: Int, plan: MessagePlan, to out: inout [UInt8]
    ) {
        let entry = entries[last]
        let head = slots[Int(entry.slot)].head
        let bytes = arena.span
        guard entry.kind.isDelta else {
            switch entry.kind {
            case .start: out.append(literal: "{\"type\":\"start\"")
            case .retry: out.append(literal: "{\"type\":\"retry\"")
            case .end: out.append(literal: "{\"type\":\"end\"")
            case .aborted: out.append(literal: "{\"type\":\"aborted\"")
            case .error: out.append(literal: "{\"type\":\"error\"")
            case .request: out.append(literal: "{\"type\":\"request\"")
            case .text, .reasoning, .refusal, .toolCall, .extra: break
            }
            out.append(span: head.span, in: Slot.idsStart..<head.count)
            out.append(decimal: seq)
            out.append(literal: ",\"n\":")
            out.append(decimal: Int(entry.n))
            out.append(span: bytes.extracting(arenaRange(entry)))
            out.append(UInt8(ascii: "}"))
            return
        }
        out.append(span: head.span)
        var numbers = ShortText()
        numbers.append(seq)
        numbers.append(",\"n\":")
        numbers.append(UInt64(entry.n))
        if first != last {
            numbers.append(",\"from\":")
            numbers.append(UInt64(entries[first].n))
        }
        if entry.choice != 0 {
            numbers.append(",\"choice\":")
            numbers.append(UInt64(entry.choice))
        }
        switch entry.kind {
        case .toolCall: break
        case .reasoning: numbers.append(",\"reasoning\":\"")
        case .refusal: numbers.append(",\"refusal\":\"")
        case .extra: numbers.append(",\"extra\":")
        default: numbers.append(",\"text\":\"")
        }
        out.append(span: numbers.span)
        if entry.kind == .toolCall {
            return writeToolCalls(first: first, last: last, from: start, plan: plan, to: &out)
        }
        if entry.isWide {
            let range = arenaRange(entry)
            let content = range.lowerBound + WideHeader.size
            if entry.kind == .extra {
                out.append(span: bytes.extracting(content..<range.upperBound))
                out.append(UInt8(ascii: "}"))
                return
            }
            let end = content + Int(wideHeader(entry).contentLength)
            out.append(span: bytes.extracting(content..<end))
            out.append(literal: "\",\"logprobs\":")
            out.append(span: bytes.extracting(end..<range.upperBound))
            out.append(UInt8(ascii: "}"))
            return
        }
        writeContent(first: first, last: last, from: start, plan: plan, to: &out)
        out.append(literal: "\"}")
    }

    /// The run's contents one after another; neighbours in the arena go in one copy.
    private func writeContent(first: Int, last: Int, from start: Int, plan: MessagePlan, to out: inout [UInt8]) {
        let bytes = arena.span
        var range = arenaRange(entries[first])
        var index = first
        while index != last {
            index = Int(plan.next[index - start])
            let following = arenaRange(entries[index])
            if following.lowerBound == range.upperBound {
                range = range.lowerBound..<following.upperBound
            } else {
                out.append(span: bytes.extracting(range))
                range = following
            }
        }
        out.append(span: bytes.extracting(range))
    }

    /// Pieces of one index become one element: the first id and name given, the arguments one after another.
    private func writeToolCalls(first: Int, last: Int, from start: Int, plan: MessagePlan, to out: inout [UInt8]) {
        var pieces: [(entry: Entry, header: WideHeader)] = []
        var index = first
        while true {
            pieces.append((entries[index], wideHeader(entries[index])))
            if index == last { break }
            index = Int(plan.next[index - start])
        }
        let bytes = arena.span
        var written: [UInt16] = []
        out.append(literal: ",\"tool_calls\":[")
        for piece in pieces where !written.contains(piece.header.toolIndex) {
            if !written.isEmpty { out.append(UInt8(ascii: ",")) }
            let toolIndex = piece.header.toolIndex
            written.append(toolIndex)
            out.append(literal: "{\"index\":")
            out.append(decimal: Int(toolIndex))
            let same = pieces.filter { $0.header.toolIndex == toolIndex }
            if let named = same.first(where: { $0.header.idLength > 0 }) {
                out.append(literal: ",\"id\":\"")
                out.append(span: bytes.extracting(idRange(named.entry, named.header)))
                out.append(UInt8(ascii: "\""))
            }
            if let named = same.first(where: { $0.header.nameLength > 0 }) {
                out.append(literal: ",\"name\":\"")
                out.append(span: bytes.extracting(nameRange(named.entry, named.header)))
                out.append(UInt8(ascii: "\""))
            }
            if same.contains(where: { $0.header.contentLength > 0 }) {
                out.append(literal: ",\"arguments\":\"")
                for part in same { out.append(span: bytes.extracting(argumentsRange(part.entry, part.header))) }
                out.append(UInt8(ascii: "\""))
            }
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: "]"))
        if let only = pieces.first, pieces.count == 1, hasLogprobs(only.entry) {
            let end = arenaRange(only.entry).upperBound
            out.append(literal: ",\"logprobs\":")
            out.append(span: bytes.extracting(nameRange(only.entry, only.header).upperBound..<end))
        }
        out.append(UInt8(ascii: "}"))
    }

    private func argumentsRange(_ entry: Entry, _ header: WideHeader) -> Range<Int> {
        let start = arenaRange(entry).lowerBound + WideHeader.size
        return start..<start + Int(header.contentLength)
    }

    private func idRange(_ entry: Entry, _ header: WideHeader) -> Range<Int> {
        let start = argumentsRange(entry, header).upperBound
        return start..<start + Int(header.idLength)
    }

    private func nameRange(_ entry: Entry, _ header: WideHeader) -> Range<Int> {
        let start = idRange(entry, header).upperBound
        return start..<start + Int(header.nameLength)
    }
}
