import ByteCoding
package import ChatProtocol
package import Providers

/// What an entry of a session's log is. Content kinds are deltas and may be merged on their way out.
package enum EntryKind: UInt8 {
    case request, start, retry, end, aborted, error
    case text, reasoning, refusal, toolCall
    /// A delta of what we have no words for: one JSON object, never merged.
    case extra

    package var isDelta: Bool { rawValue >= EntryKind.text.rawValue }
    package var isTerminal: Bool { self == .end || self == .aborted || self == .error }

    package init(_ kind: Delta.Kind) {
        switch kind {
        case .text: self = .text
        case .reasoning: self = .reasoning
        case .refusal: self = .refusal
        case .toolCall: self = .toolCall
        case .extra: self = .extra
        }
    }
}

/// The hot tail of a session's log: entries numbered by `seq`, densely from 1 in an epoch.
///
/// A delta is kept as its content, JSON-escaped, in one byte arena; other entries as the members of their frame. A frame
/// is written when a message is made for whoever stands at a cursor (`LogMessage.swift`), once for all who stand there.
///
/// Laws (a test stands behind each): `seq` starts at 1 and grows by 1; an entry is readable when `append` returns; `n` is
/// dense from 0 in each request; what was forgotten says so (`holds(after:)`); nothing is forgotten but by `trim`.
///
/// Owned by its session, on the loop thread.
package struct SessionLog {
    /// Opaque; new whenever a session's log starts afresh.
    package let epoch: String
    /// The seq of the newest entry; 0 while there is none.
    package private(set) var head: UInt64 = 0
    /// The seq of the oldest entry still held (`head + 1` when there is none).
    package private(set) var first: UInt64 = 1

    /// 20 bytes. `offset` counts from the epoch's first byte, modulo 2^32.
    struct Entry {
        var offset: UInt32
        var length: UInt32
        var n: UInt32
        var slot: UInt32
        var choice: UInt16
        var kind: EntryKind
        /// The bytes begin with a `WideHeader`: a tool-call piece, or content with logprobs.
        var isWide: Bool
    }

    /// What the log knows of one request, as long as its entries are held.
    struct Slot {
        /// `{"type":"delta","session":"…","request":"…","seq":` – the same in each of its deltas; from `idsStart` on in
        /// each of its frames.
        var head: [UInt8]
        /// The next entry's `n`.
        var n: UInt32 = 0
        /// Its terminal entry is there.
        var isEnded = false
        /// Scratch of the message being planned: the run that the next delta may join.
        var openRun: Int32 = -1
        var planStamp: UInt64 = 0

        static let idsStart = #"{"type":"delta""#.utf8.count
    }

    var arena: [UInt8] = []
    /// Bytes of `arena` that belong to forgotten entries.
    private var arenaStart = 0
    /// Offset (modulo 2^32) of `arena[0]`.
    var arenaBase: UInt32 = 0
    private(set) var entries: [Entry] = []
    /// Forgotten entries at the front of `entries`.
    private var entriesStart = 0
    var slots: [Slot] = []
    /// Slots whose last entry was forgotten, for the requests to come.
    private var freeSlots: [UInt32] = []
    private var slotBytes = 0

    package init(epoch: String) {
        self.epoch = epoch
    }

    package var position: Position { Position(epoch: epoch, seq: head) }
    /// Entries held.
    package var count: Int { entries.count - entriesStart }
    /// Bytes of memory that the tail takes.
    package var byteCount: Int {
        arena.capacity + entries.capacity * MemoryLayout<Entry>.stride + slots.count * MemoryLayout<Slot>.stride
            + slotBytes
    }

    /// Whether every entry after `seq` is still here.
    package func holds(after seq: UInt64) -> Bool {
        seq <= head && seq + 1 >= first
    }

    func entry(at seq: UInt64) -> Int { entriesStart + Int(seq - first) }
    func arenaRange(_ entry: Entry) -> Range<Int> {
        let start = Int(entry.offset &- arenaBase)
        return start..<start + Int(entry.length)
    }

    // MARK: Appending

    /// Makes room for a request's entries: until the terminal one is forgotten. Both ids are valid identifiers, so they need no escapes.
    package mutating func addSlot(session: String, request: String) -> UInt32 {
        var head: [UInt8] = []
        head.reserveCapacity(55 + session.utf8.count + request.utf8.count)
        head.append(literal: "{\"type\":\"delta\",\"session\":\"")
        head.append(contentsOf: session.utf8)
        head.append(literal: "\",\"request\":\"")
        head.append(contentsOf: request.utf8)
        head.append(literal: "\",\"seq\":")
        slotBytes += head.capacity
        guard let free = freeSlots.popLast() else {
            slots.append(Slot(head: head))
            return UInt32(slots.count - 1)
        }
        slots[Int(free)] = Slot(head: head)
        return free
    }

    private mutating func free(_ slot: UInt32) {
        slotBytes -= slots[Int(slot)].head.capacity
        slots[Int(slot)].head = []
        freeSlots.append(slot)
    }

    /// Appends an entry that is not a delta: `members` are its frame's members, each with a comma in front. After a
    /// terminal kind the slot takes no more.
    package mutating func append(_ kind: EntryKind, members: [UInt8], slot: UInt32) {
        precondition(!kind.isDelta)
        let index = Int(slot)
        precondition(!slots[index].isEnded, "an entry after the terminal one")
        let offset = arenaBase &+ UInt32(truncatingIfNeeded: arena.count)
        arena.append(span: members.span)
        entries.append(
            Entry(
                offset: offset, length: UInt32(members.count), n: slots[index].n, slot: slot, choice: 0, kind: kind,
                isWide: false))
        slots[index].n += 1
        head += 1
        slots[index].isEnded = kind.isTerminal
    }

    /// Appends every delta of a batch, each an entry of its own.
    package mutating func append(_ batch: borrowing DeltaBatch, slot: UInt32) {
        let index = Int(slot)
        precondition(!slots[index].isEnded, "a delta after the terminal entry")
        var n = slots[index].n
        let bytes = batch.bytes.span
        for delta in batch.deltas {
            let offset = arenaBase &+ UInt32(truncatingIfNeeded: arena.count)
            // What is extra has no other lengths, but what is wide is not merged.
            let isWide = delta.kind.rawValue >= Delta.Kind.toolCall.rawValue || delta.logprobsLength > 0
            var length = delta.contentLength
            if isWide {
                length += delta.idLength + delta.nameLength + delta.logprobsLength
                WideHeader(delta).write(to: &arena)
            }
            arena.append(span: bytes.extracting(Int(delta.offset)..<Int(delta.offset + length)))
            entries.append(
                Entry(
                    offset: offset, length: length + (isWide ? UInt32(WideHeader.size) : 0), n: n, slot: slot,
                    choice: delta.choice, kind: EntryKind(delta.kind), isWide: isWide))
            n += 1
        }
        slots[index].n = n
        head += UInt64(batch.deltas.count)
    }

    // MARK: Forgetting

    /// Whether `trim` with these limits would forget something.
    package func exceeds(entries maxEntries: Int, bytes maxBytes: Int) -> Bool {
        count > maxEntries || arena.count - arenaStart > maxBytes
    }

    /// Forgets the oldest entries until at most `maxEntries` and `maxBytes` (of content) are held, and all up to
    /// `forgotten`.
    package mutating func trim(maxEntries: Int, maxBytes: Int, upTo forgotten: UInt64 = 0) {
        var drop = max(0, count - maxEntries)
        if forgotten >= first { drop = max(drop, min(count, Int(forgotten - first) + 1)) }
        let end = arena.count
        while drop < count, end - arenaStart(after: drop) > maxBytes { drop += 1 }
        guard drop > 0 else { return }
        arenaStart = arenaStart(after: drop)
        for entry in entries[entriesStart..<entriesStart + drop] where entry.kind.isTerminal { free(entry.slot) }
        entriesStart += drop
        first += UInt64(drop)
        compact()
    }

    private func arenaStart(after drop: Int) -> Int {
        let index = entriesStart + drop
        return index < entries.count ? Int(entries[index].offset &- arenaBase) : arena.count
    }

    /// Moves what is held to the front, once more is forgotten than held: amortised one move per byte.
    private mutating func compact() {
        if entriesStart == entries.count {
            arenaBase &+= UInt32(truncatingIfNeeded: arena.count)
            arena = []
            arenaStart = 0
            entries = []
            entriesStart = 0
            return
        }
        if arenaStart > arena.count / 2, arenaStart > 4096 {
            arenaBase &+= UInt32(truncatingIfNeeded: arenaStart)
            Self.dropFirst(arenaStart, of: &arena)
            arenaStart = 0
        }
        if entriesStart > entries.count / 2, entriesStart > 128 {
            Self.dropFirst(entriesStart, of: &entries)
            entriesStart = 0
        }
    }

    /// Keeps the storage, unless a burst has left it much larger than what is held.
    private static func dropFirst<Element>(_ count: Int, of array: inout [Element]) {
        let kept = array.count - count
        guard array.capacity > 4 * max(kept, 1024) else { return array.removeFirst(count) }
        var fresh: [Element] = []
        fresh.reserveCapacity(2 * kept)
        fresh.append(contentsOf: array[count...])
        array = fresh
    }
}

/// In front of a wide entry's bytes in the arena, little-endian: tool index, then the lengths of content, id and name;
/// logprobs are what is left.
struct WideHeader {
    static let size = 14
    var toolIndex: UInt16
    var contentLength: UInt32
    var idLength: UInt32
    var nameLength: UInt32

    init(_ delta: Delta) {
        toolIndex = delta.toolIndex
        contentLength = delta.contentLength
        idLength = delta.idLength
        nameLength = delta.nameLength
    }

    init(reading bytes: Span<UInt8>) {
        toolIndex = UInt16(bytes[0]) | UInt16(bytes[1]) << 8
        contentLength = Self.word(bytes, 2)
        idLength = Self.word(bytes, 6)
        nameLength = Self.word(bytes, 10)
    }

    func write(to arena: inout [UInt8]) {
        arena.append(UInt8(truncatingIfNeeded: toolIndex))
        arena.append(UInt8(truncatingIfNeeded: toolIndex >> 8))
        for length in [contentLength, idLength, nameLength] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                arena.append(UInt8(truncatingIfNeeded: length >> shift))
            }
        }
    }

    private static func word(_ bytes: Span<UInt8>, _ index: Int) -> UInt32 {
        UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
            | UInt32(bytes[index + 3]) << 24
    }
}
