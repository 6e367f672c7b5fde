import BridgeCore
import Foundation
import Testing

@testable import tributary

@Suite("Sizes and times as people write them")
struct SettingTextTests {
    @Test(
        "a duration is a whole number and a unit",
        arguments: [
            ("0", 0), ("500ms", 500), ("10s", 10_000), ("5m", 300_000), ("1h", 3_600_000), ("2d", 172_800_000),
        ] as [(String, UInt64)])
    func duration(text: String, milliseconds: UInt64) {
        #expect(DurationArgument(text)?.milliseconds == milliseconds)
        #expect(DurationArgument(milliseconds: milliseconds).description == text)
    }

    @Test(
        "what is no duration is refused",
        arguments: [
            "", "10", "s", "-1s", "+1s", "1.5s", "10 s", "10S", "10sec", "99999999999999999999s", "213503982334602d",
        ])
    func noDuration(text: String) {
        #expect(DurationArgument(text) == nil)
    }

    @Test(
        "a size is a whole number, of bytes or with a binary unit",
        arguments: [
            ("0", 0), ("1000", 1000), ("64KiB", 65_536), ("8MiB", 8_388_608), ("1GiB", 1_073_741_824),
            ("3TiB", 3 << 40),
        ] as [(String, UInt64)])
    func size(text: String, bytes: UInt64) {
        #expect(ByteSizeArgument(text)?.bytes == bytes)
        #expect(ByteSizeArgument(bytes: bytes).description == text)
    }

    @Test(
        "what is no size, or could mean two, is refused",
        arguments: ["", "KiB", "-1", "1kB", "1KB", "1MB", "1.5MiB", "1 MiB", "0x10", "16777216TiB", "١"])
    func noSize(text: String) {
        #expect(ByteSizeArgument(text) == nil)
    }
}

@Suite("The limit table")
struct LimitTableTests {
    static let settings = AmountLimits.settings + TimeLimits.settings

    @Test("every limit has a row, under its property's name")
    func complete() {
        let properties = Mirror(reflecting: Limits()).children.compactMap(\.label)
        #expect(Set(Self.settings.map(\.name)) == Set(properties.map(Self.flag)))
        #expect(Self.settings.count == properties.count)
    }

    @Test("a row reads and writes one limit, its own", arguments: settings.map(\.name))
    func ownLimit(name: String) throws {
        let setting = try #require(Self.settings.first { $0.name == name })
        var limits = Limits()
        let given = GivenSetting(origin: "--\(name)", text: setting.text(in: limits))
        try setting.set(given, in: &limits)
        #expect(limits == Limits(), "the default, written out, is the default")

        let text =
            switch setting.target {
            case .bytes: "\(setting.range.lowerBound + 12_345)"
            case .count: "17"
            case .milliseconds: "1234ms"
            }
        try setting.set(GivenSetting(origin: "--\(name)", text: text), in: &limits)
        #expect(setting.text(in: limits) == text)
        let changed = zip(Mirror(reflecting: limits).children, Mirror(reflecting: Limits()).children)
            .filter { "\($0.0.value)" != "\($0.1.value)" }
            .compactMap { $0.0.label }
        #expect(changed.map(Self.flag) == [name])
    }

    @Test("every limit can be given by flag, by environment, and the flag wins", arguments: settings.map(\.name))
    func sources(name: String) throws {
        let setting = try #require(Self.settings.first { $0.name == name })
        let (one, other) =
            switch setting.target {
            case .bytes:
                (
                    ByteSizeArgument(bytes: setting.range.lowerBound).description,
                    ByteSizeArgument(bytes: setting.range.lowerBound * 2).description
                )
            case .count: ("41", "42")
            case .milliseconds: ("30s", "31s")
            }
        // The peer timeout has to stay above the ping interval.
        let rest = name == "ping-interval" ? ["--peer-timeout", "1h"] : []
        let environment = [SettingSource.variable(name): one]
        let byVariable = try ServeConfiguration(arguments: rest, environment: environment)
        #expect(setting.text(in: byVariable.limits) == one)
        let byFlag = try ServeConfiguration(arguments: ["--\(name)", other] + rest, environment: environment)
        #expect(setting.text(in: byFlag.limits) == other)
    }

    @Test("the help names every limit, with its default")
    func help() throws {
        let help = try BuiltProgram.run(["serve", "--help"])
        #expect(help.status == 0)
        let words = help.output.split { $0.isWhitespace }.joined(separator: " ")
        for setting in Self.settings {
            #expect(words.contains("--\(setting.name) <"))
            #expect(words.contains("\(setting.help) (default: \(setting.text(in: Limits())))"))
        }
    }

    /// `maxMessageBytes` → `max-message-bytes`, `sessionTTL` → `session-ttl`.
    private static func flag(_ property: String) -> String {
        var flag = ""
        for character in property.replacing("TTL", with: "Ttl") {
            flag += character.isUppercase ? "-\(character.lowercased())" : "\(character)"
        }
        return flag
    }
}

@Suite("The README")
struct ReadmeTests {
    @Test("its table has every setting, with its default")
    func settings() throws {
        let readme = try String(
            contentsOf: URL(fileURLWithPath: #filePath + "/../../../README.md").standardized, encoding: .utf8)
        for name in ServeCommand.settingNames { #expect(readme.contains("| `--\(name)` |")) }
        for setting in LimitTableTests.settings {
            #expect(readme.contains("| `--\(setting.name)` | `\(setting.text(in: Limits()))` |"))
        }
    }
}
