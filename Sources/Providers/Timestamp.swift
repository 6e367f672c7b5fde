/// Points of time as providers write them, in milliseconds since 1970 (UTC). Years from 1 to 9999; nil for anything else.
enum Timestamp {
    /// `2025-03-10T01:51:23.5Z`, `2025-03-10 01:51:23+01:00` (RFC 3339 section 5.6).
    static func milliseconds(rfc3339 text: String) -> Int? {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let time = scanner.timeOfDay(), let day = days(year, month, day)
        else { return nil }
        var milliseconds = (day * 86_400 + time) * 1000
        if scanner.skip(".") {
            guard let fraction = scanner.fraction() else { return nil }
            milliseconds += fraction
        }
        if !scanner.skip("Z"), !scanner.skip("z") {
            let isEast = scanner.skip("+")
            guard isEast || scanner.skip("-"), let hours = scanner.number(2), scanner.skip(":"),
                let minutes = scanner.number(2), hours < 24, minutes < 60
            else { return nil }
            milliseconds -= (isEast ? 1 : -1) * (hours * 60 + minutes) * 60_000
        }
        return scanner.isAtEnd ? milliseconds : nil
    }

    /// The same, in seconds.
    static func seconds(rfc3339 text: String) -> Int? {
        milliseconds(rfc3339: text).map { $0 / 1000 }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7; the two obsolete forms are not read).
    static func milliseconds(httpDate text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT", words[1].utf8.count == 2,
            let month = months.firstIndex(of: String(words[2])), words[3].utf8.count == 4
        else { return nil }
        var date = DigitScanner(String(words[1] + words[3]))
        var clock = DigitScanner(String(words[4]))
        guard let day = date.number(2), let year = date.number(4), let time = clock.timeOfDay(), clock.isAtEnd,
            let day = days(year, month + 1, day)
        else { return nil }
        return (day * 86_400 + time) * 1000
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Days since 1970 began, in the Gregorian calendar. Years are counted from March, so that a leap day is a year's last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        guard year >= 1, (1...12).contains(month), (1...31).contains(day) else { return nil }
        let marchYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    }
}

/// Reads numbers of so many digits.
private struct DigitScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func number(_ digits: Int) -> Int? {
        guard bytes.count - index >= digits else { return nil }
        var value = 0
        for byte in bytes[index..<index + digits] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        index += digits
        return value
    }

    /// `08:49:37`, in seconds; a leap second counts as the one before.
    mutating func timeOfDay() -> Int? {
        guard let hours = number(2), skip(":"), let minutes = number(2), skip(":"), let seconds = number(2),
            hours < 24, minutes < 60, seconds <= 60
        else { return nil }
        return (hours * 60 + minutes) * 60 + min(seconds, 59)
    }

    /// The digits of a fraction of a second, in milliseconds.
    mutating func fraction() -> Int? {
        var scale = 100
        var value = 0
        let start = index
        while let digit = number(1) {
            value += digit * scale
            scale /= 10
        }
        return index > start ? value : nil
    }
}
