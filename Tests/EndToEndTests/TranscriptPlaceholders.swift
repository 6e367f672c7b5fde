import Foundation

/// Values that differ from run to run, and the names that transcripts have for them: `$epoch`, `$epoch2` … in order of
/// appearance. A frame's text is rewritten, so that its members keep their order.
struct TranscriptPlaceholders {
    /// By name, as JSON.
    private var values: [String: String] = [:]

    /// Rewrites a frame that `tab` received.
    mutating func hide(in frame: String, of tab: String) -> String {
        var text = frame
        name(#/"connection":("[^"]*")/#, "connection_\(tab)", in: &text)
        recall(#/"by":("[^"]*")/#, in: &text)
        name(#/"epoch":("[^"]*")/#, "epoch", in: &text)
        name(#/"at":(\d+)/#, "at", in: &text)
        constant(#/"reconnect_after_ms":(\d+)/#, "reconnect_after_ms", in: &text)
        constant(#/"server":("[^"]*")/#, "server", in: &text)
        constant(#/"features":(\[[^\]]*\])/#, "features", in: &text)
        return text
    }

    /// Puts the values of this run into what a client sends.
    func reveal(in text: String) -> String {
        // Longer names first: `$epoch2` begins with `$epoch`.
        values.sorted { $0.key.count > $1.key.count }.reduce(text) { text, entry in
            text.replacingOccurrences(of: "\"$\(entry.key)\"", with: entry.value)
        }
    }

    /// Each new value gets the next name: `epoch`, `epoch2`, `epoch3` …
    private mutating func name(_ pattern: Regex<(Substring, Substring)>, _ name: String, in text: inout String) {
        for match in text.matches(of: pattern).reversed() {
            let value = String(match.1)
            let known = values.first { $0.value == value && $0.key.hasPrefix(name) }?.key
            let fresh = (1...).lazy.map { $0 == 1 ? name : "\(name)\($0)" }.first { values[$0] == nil }
            guard let word = known ?? fresh else { continue }
            values[word] = value
            text.replaceSubrange(match.1.startIndex..<match.1.endIndex, with: "\"$\(word)\"")
        }
    }

    /// A value that has a name already.
    private func recall(_ pattern: Regex<(Substring, Substring)>, in text: inout String) {
        for match in text.matches(of: pattern).reversed() {
            guard let known = values.first(where: { $0.value == match.1 })?.key else { continue }
            text.replaceSubrange(match.1.startIndex..<match.1.endIndex, with: "\"$\(known)\"")
        }
    }

    /// Whatever the value is.
    private func constant(_ pattern: Regex<(Substring, Substring)>, _ name: String, in text: inout String) {
        for match in text.matches(of: pattern).reversed() {
            text.replaceSubrange(match.1.startIndex..<match.1.endIndex, with: "\"$\(name)\"")
        }
    }
}
