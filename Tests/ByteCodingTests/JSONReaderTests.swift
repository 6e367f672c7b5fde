import BridgeTestKit
import ByteCoding
import Testing

/// The outcome of skipping a whole text.
private func check(_ bytes: [UInt8], maxDepth: Int = 64) -> JSONError? {
    do throws(JSONError) {
        var reader = JSONReader(bytes.span, maxDepth: maxDepth)
        try reader.skipValue()
        try reader.finish()
        return nil
    } catch {
        return error
    }
}

private func check(_ text: String, maxDepth: Int = 64) -> JSONError? {
    check(Array(text.utf8), maxDepth: maxDepth)
}

@Suite("JSON grammar")
struct JSONGrammarTests {
    @Test(
        "what RFC 8259 allows is read",
        arguments: [
            "null", "true", "false", "0", "-0", "10", "-1.5e+10", "1E3", "0.0", "\"\"", "\"a\"", "[]", "{}", " [ ] ",
            "\t{\r\n}\n", "[1,2,3]", "[[],{},[{}]]", "{\"a\":1,\"b\":[true,null]}", "{\"\":\"\"}",
            #""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#, "\"\u{7F}é😀\"", "{\"a\":1,\"a\":2}",
        ])
    func valid(text: String) {
        #expect(check(text) == nil)
    }

    @Test(
        "what it does not allow is an error, where it happens",
        arguments: [
            ("", 0, .endOfText), ("  ", 2, .endOfText), ("nul", 3, .endOfText), ("nulx", 3, .unexpectedByte(0x78)),
            ("tru ", 3, .unexpectedByte(0x20)), ("nan", 1, .unexpectedByte(0x61)), ("+1", 0, .unexpectedByte(0x2B)),
            ("01", 1, .badNumber), ("-", 1, .endOfText), ("-a", 1, .badNumber), ("1.", 2, .endOfText),
            ("1.e1", 2, .badNumber), ("1e", 2, .endOfText), ("1e+", 3, .endOfText), (".5", 0, .unexpectedByte(0x2E)),
            ("'a'", 0, .unexpectedByte(0x27)), ("\"a", 2, .endOfText), ("\"\\", 1, .endOfText),
            ("\"\\x\"", 1, .badEscape),
            ("\"\\u12\"", 1, .endOfText), ("\"\\u12g4\"", 1, .badEscape), ("\"a\nb\"", 2, .controlCharacter),
            ("\"a\u{0}b\"", 2, .controlCharacter), ("[", 1, .endOfText), ("[1", 2, .endOfText),
            ("[1 2]", 3, .unexpectedByte(0x32)), ("[,1]", 1, .unexpectedByte(0x2C)), ("[1,]", 3, .unexpectedByte(0x5D)),
            ("[1}", 2, .unexpectedByte(0x7D)), ("{1:2}", 1, .unexpectedByte(0x31)),
            ("{\"a\" 1}", 5, .unexpectedByte(0x31)), ("{\"a\":}", 5, .unexpectedByte(0x7D)),
            ("{\"a\":1,}", 7, .unexpectedByte(0x7D)), ("{,}", 1, .unexpectedByte(0x2C)), ("{\"a\":1", 6, .endOfText),
            ("{\"a\"", 4, .endOfText), ("[] []", 3, .trailingBytes), ("1 x", 2, .trailingBytes),
            ("\u{FEFF}1", 0, .unexpectedByte(0xEF)), ("[1,\u{0B}2]", 3, .unexpectedByte(0x0B)),
        ] as [(String, Int, JSONError.Reason)])
    func invalid(text: String, offset: Int, reason: JSONError.Reason) {
        #expect(check(text) == JSONError(offset: offset, reason: reason))
    }

    @Test("values may be nested as deep as the limit and no deeper")
    func depth() {
        #expect(check(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == nil)
        #expect(check(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))?.reason == .tooDeep)
        #expect(check(String(repeating: "{\"a\":", count: 100_000))?.reason == .tooDeep)
        #expect(check("[[]]", maxDepth: 1)?.reason == .tooDeep)
        #expect(check("[[],[],{}]", maxDepth: 2) == nil)
    }

    @Test("every prefix of a text is an error")
    func prefixes() {
        let text = #"{"a":[1,-2.5e3,"x\u00e9\n",true,null,{"b":{}}],"c":"é"}"#
        let bytes = Array(text.utf8)
        #expect(check(bytes) == nil)
        for count in 0..<bytes.count { #expect(check(Array(bytes.prefix(count))) != nil, "\(count) bytes") }
    }

    @Test("whatever bytes come, reading ends, and a copy of what was read is normal", arguments: 0..<32)
    func garbage(seed: UInt64) throws {
        let text = #"{"a":[1,-2.5e3,"x\u00e9\n\ud83d\ude00\udc00",true,null , {"b":{}}],"c":"é漢"} "#
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var copy: [UInt8] = []
            do throws(JSONError) {
                var reader = JSONReader(bytes.span)
                try reader.copyValue(into: &copy)
                try reader.finish()
            } catch {
                #expect(check(bytes) == error, "copying and skipping agree on what is wrong")
                continue
            }
            #expect(check(bytes) == nil)
            #expect(isValid(copy))
            #expect(!copy.contains(0x0A))
            var again: [UInt8] = []
            var reader = JSONReader(copy.span)
            try reader.copyValue(into: &again)
            #expect(again == copy, "a normal copy copies to itself")
        }
    }

    @Test("errors say in words what is wrong")
    func words() {
        #expect(check("[1 x]").map { "\($0)" } == "unexpected 'x' (at byte 3)")
        #expect(check("\u{1}").map { "\($0)" } == "unexpected byte 0x01 (at byte 0)")
        #expect(check("[").map { "\($0)" } == "the text ends too early (at byte 1)")
    }
}

@Suite("JSON pulling")
struct JSONPullingTests {
    @Test("an object's members come in order, with the bytes of their keys")
    func members() throws {
        let bytes = Array(#" { "id" : "x" , "n":3,"list":[1 , 2],"none":null,"flag":true } "#.utf8)
        var reader = JSONReader(bytes.span)
        var seen: [String] = []
        #expect(try reader.peek() == .object)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "id") {
                seen.append("id=\(try reader.readString())")
            } else if reader.key(key, is: "n") {
                seen.append("n=\(try reader.readInt() ?? -1)")
            } else if reader.key(key, is: "list") {
                try reader.beginArray()
                while try reader.nextElement() { seen.append("list+=\(try reader.readInt() ?? -1)") }
            } else if reader.key(key, is: "flag") {
                seen.append("flag=\(try reader.readBool())")
            } else {
                seen.append(String(decoding: bytes[key], as: UTF8.self))
                #expect(try reader.peek() == .null)
                try reader.skipValue()
            }
        }
        try reader.finish()
        #expect(seen == ["id=x", "n=3", "list+=1", "list+=2", "none", "flag=true"])
    }

    @Test("empty objects and arrays inside others do not disturb the commas")
    func empties() throws {
        let bytes = Array("[{},[],{\"a\":{}},[[]]]".utf8)
        var reader = JSONReader(bytes.span)
        var kinds: [JSONKind] = []
        try reader.beginArray()
        while try reader.nextElement() {
            kinds.append(try reader.peek())
            if kinds.last == .array {
                try reader.beginArray()
                while try reader.nextElement() { try reader.skipValue() }
            } else {
                try reader.beginObject()
                while try reader.nextKey() != nil { try reader.skipValue() }
            }
        }
        try reader.finish()
        #expect(kinds == [.object, .array, .object, .array])
    }

    @Test("a key written with escapes is the key it stands for, before and after keys written plainly")
    func escapedKeys() throws {
        let bytes = Array(#"{"content":1,"cont\u0065nt":2,"a\"b":3,"content":4,"contentx":5,"\ud83d":6}"#.utf8)
        var reader = JSONReader(bytes.span)
        var matches: [Int] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let isContent = reader.key(key, is: "content")
            let value = try reader.readInt() ?? -1
            if isContent { matches.append(value) }
        }
        #expect(matches == [1, 2, 4])
    }

    @Test("a key is compared in full and by length", arguments: ["conten", "contents", "Content", ""])
    func otherKeys(name: String) throws {
        let bytes = Array("{\"\(name)\":1}".utf8)
        var reader = JSONReader(bytes.span)
        try reader.beginObject()
        let key = try #require(try reader.nextKey())
        let isContent = reader.key(key, is: "content")
        #expect(!isContent)
    }

    @Test(
        "integers are read where they fit, also when written as decimals",
        arguments: [
            ("0", 0), ("-7", -7), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", 1), ("1e3", 1000), ("1.5", nil),
            ("1e400", nil), ("\"1\"", nil), ("null", nil), ("{\"a\":[]}", nil), ("99999999999999999999999", nil),
        ] as [(String, Int?)])
    func integers(text: String, expected: Int?) throws {
        let bytes = Array("[\(text),true]".utf8)
        var reader = JSONReader(bytes.span)
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.readInt() == expected)
        #expect(try reader.nextElement(), "the value was moved over")
        #expect(try reader.readBool())
    }

    @Test(
        "decimals are read, unless too large",
        arguments: [("0.25", 0.25), ("-1e2", -100), ("3", 3), ("1e999", nil), ("\"1\"", nil)] as [(String, Double?)])
    func decimals(text: String, expected: Double?) throws {
        let bytes = Array(text.utf8)
        var reader = JSONReader(bytes.span)
        #expect(try reader.readDouble() == expected)
        try reader.finish()
    }

    @Test("asking for a kind that is not there is an error that names it")
    func wrongKinds() {
        func error(_ text: String, _ read: (inout JSONReader) throws(JSONError) -> Void) -> JSONError.Reason? {
            let bytes = Array(text.utf8)
            do throws(JSONError) {
                var reader = JSONReader(bytes.span)
                try read(&reader)
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(error("1") { reader throws(JSONError) in _ = try reader.readString() } == .expected(.string))
        #expect(error("\"1\"") { reader throws(JSONError) in _ = try reader.readBool() } == .expected(.bool))
        #expect(error("[]") { reader throws(JSONError) in try reader.beginObject() } == .expected(.object))
        #expect(error("{}") { reader throws(JSONError) in try reader.beginArray() } == .expected(.array))
    }

    @Test("a value can be skipped, and read after what follows it")
    func marks() throws {
        let bytes = Array(#"{"delta":{"a":[1]},"index":2}"#.utf8)
        var reader = JSONReader(bytes.span)
        var place: JSONReader.Mark?
        var written: Range<Int>?
        var index: Int?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "delta") {
                place = reader.mark
                written = try reader.skipValueRange()
            } else {
                index = try reader.readInt()
            }
        }
        let end = reader.mark
        reader.go(to: try #require(place))
        var copy: [UInt8] = []
        try reader.copyValue(into: &copy)
        #expect(String(decoding: copy, as: UTF8.self) == #"{"a":[1]}"#)
        #expect(written.map { Array(bytes[$0]) } == copy)
        reader.go(to: end)
        try reader.finish()
        #expect(index == 2)
    }
}
