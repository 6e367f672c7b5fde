import ByteCoding
import Testing

/// The content of a JSON string, by the three ways of reading it.
private struct Reading {
    var decoded = ""
    var escaped = ""
    var copied = ""

    init(_ content: [UInt8]) throws {
        let bytes = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
        var reader = JSONReader(bytes.span)
        decoded = try reader.readString()
        try reader.finish()

        var output: [UInt8] = Array("<".utf8)
        reader = JSONReader(bytes.span)
        try reader.readEscapedString(into: &output)
        try reader.finish()
        #expect(isValid(output))
        escaped = String(decoding: output.dropFirst(), as: UTF8.self)

        output.removeAll()
        reader = JSONReader(bytes.span)
        try reader.copyValue(into: &output)
        copied = String(decoding: output, as: UTF8.self)
    }
}

@Suite("JSON strings")
struct JSONStringTests {
    @Test(
        "text is decoded, and kept escaped as it was written",
        arguments: [
            ("", "", ""),
            (
                "plain text of more than eight bytes", "plain text of more than eight bytes",
                "plain text of more than eight bytes"
            ),
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{08}\u{0C}\n\r\t", #"\"\\\/\b\f\n\r\t"#),
            (#"\u0041\u00e9\u6F22\u0000"#, "Aé漢\u{0}", #"\u0041\u00e9\u6F22\u0000"#),
            (#"\ud83d\ude00"#, "😀", #"\ud83d\ude00"#),
            (#"a\ud83d\ude00b\uD83D\uDE00"#, "a😀b😀", #"a\ud83d\ude00b\uD83D\uDE00"#),
            ("é😀漢", "é😀漢", "é😀漢"),
            (#"\\ud83d"#, "\\ud83d", #"\\ud83d"#),
            (#"\\\ud83d\ude00"#, "\\😀", #"\\\ud83d\ude00"#),
        ])
    func text(content: String, decoded: String, escaped: String) throws {
        let reading = try Reading(Array(content.utf8))
        #expect(reading.decoded == decoded)
        #expect(reading.escaped == escaped)
        #expect(reading.copied == "\"\(escaped)\"")
    }

    @Test(
        "lone surrogates become replacement characters",
        arguments: [
            (#"\ud83d"#, "\u{FFFD}"), (#"\ude00"#, "\u{FFFD}"), (#"a\ud83db"#, "a\u{FFFD}b"),
            (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"), (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"),
            (#"\ud83d\n"#, "\u{FFFD}\n"), (#"\ud83d\u0041"#, "\u{FFFD}A"),
        ])
    func loneSurrogates(content: String, decoded: String) throws {
        let reading = try Reading(Array(content.utf8))
        #expect(reading.decoded == decoded)
        // Reading what was written back gives the same text.
        #expect(try Reading(Array(reading.escaped.utf8)).decoded == decoded)
    }

    @Test(
        "ill-formed UTF-8 becomes replacement characters, as WHATWG decodes it",
        arguments: [
            [0x61, 0x80, 0x62], [0xE2, 0x82], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0x5C, 0x6E, 0xFF, 0x5C, 0x6E], [0xE2, 0x5C, 0x75, 0x30, 0x30, 0x41, 0x43],
            Array("twelve bytes".utf8) + [0xFF] + Array("twelve bytes".utf8),
        ] as [[UInt8]])
    func illFormed(content: [UInt8]) throws {
        let reading = try Reading(content)
        // The escapes in these contents stand for themselves but for \n and \u00AC.
        let expected = String(decoding: content, as: UTF8.self).replacing("\\n", with: "\n")
            .replacing("\\u00AC", with: "\u{AC}")
        #expect(reading.decoded == expected)
        #expect(try Reading(Array(reading.escaped.utf8)).decoded == expected)
        #expect(!reading.escaped.utf8.contains(0xFF))
    }

    @Test("nothing is appended by a string that is an error")
    func nothingOnError() {
        for text in ["\"abc", "\"abc\\q\"", "\"abc\n\"", "7"] {
            let bytes = Array(text.utf8)
            var output: [UInt8] = [1]
            #expect(throws: JSONError.self) {
                var reader = JSONReader(bytes.span)
                try reader.readEscapedString(into: &output)
            }
            #expect(output == [1])
        }
    }

    @Test("a copy drops white space between tokens and nothing else")
    func copies() throws {
        let bytes = Array(
            " { \"a b\" : [ 1 , -2.50e+3 , true ,\n null , false ] ,\r\n\t\"k\\n\":{ } , \"x\" : [ ] , \"\\ud800\":\" s \" } "
                .utf8)
        var reader = JSONReader(bytes.span)
        var copy: [UInt8] = []
        try reader.copyValue(into: &copy)
        try reader.finish()
        let expected = #"{"a b":[1,-2.50e+3,true,null,false],"k\n":{},"x":[],""# + "\u{FFFD}" + #"":" s "}"#
        #expect(String(decoding: copy, as: UTF8.self) == expected)
    }

    @Test("a quote ends a string at every place of a word", arguments: 0..<20)
    func ends(length: Int) throws {
        let bytes = Array("[\"\(String(repeating: "x", count: length))\",1]".utf8)
        var reader = JSONReader(bytes.span)
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.readString() == String(repeating: "x", count: length))
        #expect(try reader.nextElement())
        #expect(try reader.readInt() == 1)
    }
}

@Suite("JSON strings in pieces")
struct JSONPiecesTests {
    /// Reads pieces one after another into one text, and decodes the whole.
    private func join(_ pieces: [String]) throws -> String {
        var content: [UInt8] = []
        var held: HighSurrogate?
        for piece in pieces {
            let bytes = Array("\"\(piece)\"".utf8)
            var reader = JSONReader(bytes.span)
            held = try reader.readEscapedString(into: &content, continuing: held)
            #expect(isValid(content))
        }
        if held != nil { content.appendReplacementCharacter() }
        let whole = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
        var reader = JSONReader(whole.span)
        return try reader.readString()
    }

    @Test(
        "a surrogate pair torn over pieces is put together, and nothing else is",
        arguments: [
            ([#"a\ud83d"#, #"\ude00b"#], "a😀b"),
            ([#"\ud83d"#, "", #"\ude00"#], "😀"),
            ([#"\ud83d"#, "x", #"\ude00"#], "\u{FFFD}x\u{FFFD}"),
            ([#"\ud83d"#, #"\ud83d"#, #"\ude00"#], "\u{FFFD}😀"),
            ([#"\ud83d"#], "\u{FFFD}"),
            ([#"\ud83d"#, #"\n\ude00"#], "\u{FFFD}\n\u{FFFD}"),
            ([#"\ud83d"#, #"\ude00\ud83d"#, #"\ude00"#], "😀😀"),
            ([#"\ude00"#, #"\ud83d"#], "\u{FFFD}\u{FFFD}"),
            ([#"\\ud83d"#, #"\ude00"#], "\\ud83d\u{FFFD}"),
            ([#"\ud83d"#, #"é\ude00"#], "\u{FFFD}é\u{FFFD}"),
        ])
    func tornPairs(pieces: [String], expected: String) throws {
        #expect(try join(pieces) == expected)
    }

    @Test("what a piece holds back is the high surrogate itself")
    func held() throws {
        var content: [UInt8] = []
        let bytes = Array(#""x\uD83D""#.utf8)
        var reader = JSONReader(bytes.span)
        #expect(try reader.readEscapedString(into: &content, continuing: nil) == HighSurrogate(0xD83D))
        #expect(content == Array("x".utf8))
        #expect(HighSurrogate(0xDC00) == nil && HighSurrogate(0xD7FF) == nil)
    }
}
