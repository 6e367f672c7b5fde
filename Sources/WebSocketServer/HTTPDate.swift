internal import Glibc

/// What the header `Date` says (RFC 9110 section 6.6.1): the time at which an answer was made. Written once a second, however
/// many answers there are.
struct HTTPDate {
    private var second = time_t.min
    private var text = ""

    /// - Parameter second: since 1970, by the machine's clock.
    mutating func text(at second: time_t) -> String {
        if second != self.second {
            self.second = second
            text = Self.text(of: second)
        }
        return text
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, in English whatever the locale (RFC 9110 section 5.6.7).
    private static func text(of second: time_t) -> String {
        var second = second
        var date = tm()
        gmtime_r(&second, &date)
        let year = String(Int(date.tm_year) + 1900)
        let time = [date.tm_hour, date.tm_min, date.tm_sec].map(twoDigits).joined(separator: ":")
        return "\(days[Int(date.tm_wday)]), \(twoDigits(date.tm_mday)) \(months[Int(date.tm_mon)]) \(year) \(time) GMT"
    }

    private static func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
