import BridgeTestKit
import ChatProtocol
import Foundation
import Testing

@testable import BridgeCore

@Suite("Keys in what an upstream says")
struct RedactionTests {
    private static let secret = "sk-a/b+u==\"\\c"

    private func redacted(_ text: String, isCut: Bool = false, key: String = secret) -> String? {
        Redaction(APIKey(key)).apply(text, isCut: isCut)
    }

    private static func escaped(_ text: String, uppercase: Bool = false) -> String {
        text.utf8.map { "\\u00" + String($0, radix: 16, uppercase: uppercase) }.joined()
    }

    @Test("are cut out, plain or behind any of JSON's escapes, also those of JSON in a string of JSON")
    func escapes() {
        let inJSON = Self.secret.replacing("\\", with: #"\\"#).replacing("\"", with: #"\""#)
        let inJSONTwice = inJSON.replacing("\\", with: #"\\"#).replacing("\"", with: #"\""#)
        for written in [
            Self.secret, inJSON, inJSON.replacing("/", with: #"\/"#), inJSON.replacing("=", with: #"\u003d"#),
            inJSON.replacing("=", with: #"\u003D"#), Self.escaped(Self.secret), inJSONTwice,
            Self.escaped(Self.secret, uppercase: true),
            Self.escaped(Self.secret).replacing("\\", with: #"\\"#),
            inJSON.replacing("/", with: #"\/"#).replacing("\\", with: #"\\"#),
        ] {
            #expect(redacted("Key \(written).") == "Key [key].", "\(written)")
            #expect(redacted("\(written)\(written)") == "[key][key]", "\(written)")
        }
        #expect(redacted("\(Self.secret)\u{301}") == "[key]\u{301}", "a combining mark hides nothing")
    }

    @Test(
        "are found behind any number of backslashes, and a megabyte of these takes no longer than a megabyte of anything"
    )
    func backslashes() {
        for count in 0..<40 {
            let row = String(repeating: "\\", count: count)
            #expect(redacted("\(row)\(Self.secret)")?.hasSuffix("[key]") == true)
            var json = Array("\"\(row)\(row)\(Self.secret.prefix(8))\"".utf8)
            let whole = json.indices
            Redaction(APIKey(String(Self.secret.prefix(8)))).overwrite(in: &json, whole)
            #expect(String(decoding: json, as: UTF8.self).hasSuffix("**\""), "\(count)")
        }
        // Each backslash as often as there are others would be half a million million steps: the test would not end.
        let row = String(repeating: "\\", count: 1_000_000)
        #expect(redacted(row) == row)
    }

    @Test("are found in one pass, however a key and a text repeat themselves", .timeLimit(.minutes(1)))
    func repetition() throws {
        // Compared anew from each place, these are eight thousand million steps, three times: the test would not end.
        let count = 1_000_000
        let row = String(repeating: "a", count: count)
        let key = String(repeating: "a", count: APIKey.maxBytes - 1) + "b"
        let found = String(row.dropLast(APIKey.maxBytes - 1)) + "[key]"
        // As Booleans: nobody wants to read these texts.
        let isLeft = redacted(row, key: key) == row
        let isFound = redacted(row + "b", key: key) == found
        // A beginning of it at the end: as much as there may be.
        let isTornFound = redacted(row, isCut: true, key: key) == found
        #expect(isLeft && isFound && isTornFound)
        var json = Array("\"\(row)b\"".utf8)
        let whole = json.indices
        Redaction(APIKey(key)).overwrite(in: &json, whole)
        #expect(json.count { $0 == UInt8(ascii: "*") } == APIKey.maxBytes && json.last == UInt8(ascii: "\""))
        #expect(json[count - APIKey.maxBytes + 1] == UInt8(ascii: "a"))
    }

    @Test("are found wherever they stand, and nothing else is, as a comparison at each place would have it")
    func everywhere() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3_000 {
            func word(_ count: ClosedRange<Int>) -> [UInt8] {
                (0..<Int.random(in: count, using: &random)).map { _ in random.chance(1, in: 3) ? 98 : 97 }
            }
            let key = word(1...6)
            let text = word(0...40)
            var expected: [UInt8] = []
            var rest = text[...]
            while let first = rest.first {
                if rest.starts(with: key) {
                    expected += "[key]".utf8
                    rest = rest.dropFirst(key.count)
                } else {
                    expected.append(first)
                    rest = rest.dropFirst()
                }
            }
            let plain = String(decoding: text, as: UTF8.self)
            try #require(
                redacted(plain, key: String(decoding: key, as: UTF8.self)) == String(decoding: expected, as: UTF8.self))
        }
    }

    @Test("are found however often the text was quoted, and by whomever", arguments: Seeds.of(8))
    func quoted(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let alphabet = Array(#"xy-\"/"#)
            let key = (0..<Int.random(in: 2...12, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? "a"
            }
            // Of backslashes at its end nobody knows whether they belong to what follows.
            guard key.last != "\\" else { continue }
            var written = String(key)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                written = written.map { character -> String in
                    let isMeant = character == "\\" || character == "\""
                    guard isMeant || alphabet.contains(character) && random.chance(1, in: 8),
                        let byte = character.asciiValue
                    else { return String(character) }
                    let isShort = "\\\"/".contains(character) && random.chance(3, in: 4)
                    return isShort ? "\\\(character)" : "\\u00" + String(byte, radix: 16)
                }.joined()
            }
            try #require(redacted("<\(written)>", key: String(key)) == "<[key]>", "\(String(key)) as \(written)")
        }
    }

    @Test("that are torn where a text was cut are cut out, from four characters on")
    func torn() {
        for written in [Self.secret, Self.escaped(Self.secret)] {
            for count in 0..<written.utf8.count {
                let piece = String(written.prefix(count))
                let known = written == Self.secret ? count : count / 6
                let end = known >= 4 ? "[key]" : piece
                #expect(redacted("Key " + piece, isCut: true) == "Key " + end, "\(piece)")
                #expect(redacted("Key \(piece).", isCut: true) == "Key \(piece).", "what goes on is another word")
                #expect(redacted("Key " + piece) == "Key " + piece, "and so is what ends by itself")
            }
        }
    }

    @Test("are overwritten in the strings of JSON, which stays JSON of the same length")
    func overwritten() {
        func overwritten(_ json: String, key: String = "sk-a/b") -> String {
            var bytes = Array("<\(json)>".utf8)
            Redaction(APIKey(key)).overwrite(in: &bytes, 1..<bytes.count - 1)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(overwritten(#"{"a":"sk-a/b"}"#) == #"<{"a":"******"}>"#)
        #expect(overwritten(#"{"sk-a\/b":["x\"sk-a\/b\\",1]}"#) == #"<{"*******":["x\"*******\\",1]}>"#)
        #expect(overwritten(#"["\u0073k-a/bsk-a/b"]"#) == #"<["*****************"]>"#)
        #expect(overwritten("[12345]", key: "12345") == "<[12345]>", "a number is no key")
        #expect(overwritten(#"{"a":"b"}"#, key: #"a":"b"#) == #"<{"a":"b"}>"#, "nor is what holds strings together")
        #expect(overwritten(#"["a\":\"b"]"#, key: #"a":"b"#) == #"<["*******"]>"#)
        #expect(
            overwritten(#"["sk\\","sk"]"#, key: #"sk","sk"#) == #"<["sk\\","sk"]>"#, "nor ends a backslash a string")
        #expect(overwritten(#"["\\u0022sk-a/b",1]"#) == #"<["\\u0022******",1]>"#)
        #expect(overwritten(#"["\u20190"]"#, key: "2019") == #"<["\u20190"]>"#, "nor are an escape's digits")
        #expect(overwritten(#"["\u000a0a\u00e90a"]"#, key: "0a") == #"<["\u000a**\u00e9**"]>"#)
        #expect(overwritten(#"["u\u00e9"]"#, key: "u00e9") == #"<["u\u00e9"]>"#)
    }

    @Test("are gone from JSON that is still JSON, whatever is written by its number there", arguments: Seeds.of(8))
    func stillJSON(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let key = String(
                (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    Array("u0129ae").randomElement(using: &random) ?? "u"
                })
            let value = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                Array("u0129ae\u{2019}é\n").randomElement(using: &random) ?? "u"
            }
            let written = value.map { character -> String in
                guard character == "\n" || random.chance(1, in: 3) else { return String(character) }
                let digits = String(character.unicodeScalars.first?.value ?? 0, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
            var json = Array(#"["\#(written)"]"#.utf8)
            let count = json.count
            let whole = json.indices
            Redaction(APIKey(key)).overwrite(in: &json, whole)
            let text = String(decoding: json, as: UTF8.self)
            let read = try? JSONSerialization.jsonObject(with: Data(json)) as? [String]
            let left = try #require(read?.first, "\(key) in \(written): \(text)")
            try #require(json.count == count && !left.contains(key), "\(key) in \(written): \(text)")
            let isThere = String(value).contains(key)
            try #require(isThere == text.contains("*"), "\(key) in \(written): \(text)")
        }
    }

    @Test("are all that is cut out")
    func others() {
        for text in ["", "sk-", "sk-a", #"\u0073k-"#, #"\"#, #"\u"#, #"\u00"#, #"C:\new\sk-a"#, "sk-a/b+u==", "ssk-b"] {
            #expect(redacted(text) == text)
        }
        #expect(Redaction(nil).apply("sk-1") == "sk-1" && redacted("u\\u0075", key: "uu") != nil)
        #expect(Redaction(APIKey("sk-1")).apply(nil) == nil)
    }
}
