/// How long a provider asks to wait (RFC 9110 10.2.3, and the finer `retry-after-ms` that some send).
enum RetryDelay {
    /// Waits beyond this, in milliseconds (a day), are not taken seriously.
    static let longest = 24 * 60 * 60 * 1000

    /// From the two headers: the longer one, since Azure sends a second beside zero milliseconds. `now` is in Unix milliseconds.
    static func milliseconds(retryAfter header: (String) -> String?, now: Int) -> Int? {
        let coarse = header("retry-after").flatMap { text in
            milliseconds(seconds: text)
                ?? Timestamp.milliseconds(httpDate: text.trimmed).flatMap { until($0, now: now) }
        }
        let fine = header("retry-after-ms").flatMap { decimal($0) }.flatMap { bounded($0) }
        guard let coarse, let fine else { return coarse ?? fine }
        return max(coarse, fine)
    }

    /// From now until a point of time in Unix milliseconds; none where that is past.
    static func until(_ time: Int, now: Int) -> Int? {
        let (wait, overflow) = time.subtractingReportingOverflow(now)
        return overflow || wait > longest ? nil : max(0, wait)
    }

    /// `6m0s`, `1h2m3.5s`, `20ms`, as Go writes a duration; or seconds without a unit.
    static func milliseconds(duration text: String) -> Int? {
        if let seconds = decimal(text) { return bounded(seconds * 1000) }
        var total = 0.0
        var rest = Substring(text.trimmed)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !$0.isNumber && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard let amount = decimal(String(digits)), let factor = factors[String(unit)] else { return nil }
            total += amount * factor
        }
        return bounded(total)
    }

    private static let factors: [String: Double] = [
        "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1, "us": 0.001, "µs": 0.001, "ns": 0.000_001,
    ]

    /// `2`, `1.5`, or `48s`.
    static func milliseconds(seconds text: String) -> Int? {
        let digits = text.hasSuffix("s") ? String(text.dropLast()) : text
        return decimal(digits).flatMap { bounded($0 * 1000) }
    }

    static func decimal(_ text: String) -> Double? {
        let trimmed = text.trimmed
        guard !trimmed.isEmpty, trimmed.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) else {
            return nil
        }
        return Double(trimmed)
    }

    private static func bounded(_ milliseconds: Double) -> Int? {
        milliseconds <= Double(longest) ? Int(milliseconds.rounded(.up)) : nil
    }
}
