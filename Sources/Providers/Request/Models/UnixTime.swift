/// Times as providers write them.
enum UnixTime {
    /// Unix seconds of a time by RFC 3339 section 5.6 (`2025-02-19T00:00:00Z`), fractions cut off. Nil for anything else.
    static func seconds(of text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), (1...12).contains(month),
            let day = number(bytes[8..<10]), (1...31).contains(day), let hour = number(bytes[11..<13]),
            let minute = number(bytes[14..<16]), let second = number(bytes[17..<19])
        else { return nil }
        var zone = bytes[19...]
        if zone.first == UInt8(ascii: ".") { zone = zone.dropFirst().drop { digit($0) != nil } }
        guard let offset = offset(zone) else { return nil }
        return daysSinceEpoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
    }

    /// Seconds east of Greenwich: `Z` or `+01:00`.
    private static func offset(_ zone: ArraySlice<UInt8>) -> Int? {
        if zone.count == 1, let letter = zone.first, letter | 0x20 == UInt8(ascii: "z") { return 0 }
        let bytes = Array(zone)
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), let hours = number(bytes[1..<3]),
            let minutes = number(bytes[4..<6])
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return switch bytes[0] {
        case UInt8(ascii: "+"): seconds
        case UInt8(ascii: "-"): -seconds
        default: nil
        }
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard let digit = digit(byte) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// In the Gregorian calendar. A year is counted from March, so that the leap day is its last.
    private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let monthsSinceMarch = (month + 9) % 12
        let dayOfYear = (153 * monthsSinceMarch + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
