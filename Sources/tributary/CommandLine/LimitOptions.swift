import ArgumentParser
import BridgeCore

/// The options of one part of the limit table: `--name` for every row.
///
/// ArgumentParser finds a type's options by reflection, so a mirror made from the table declares them, and `given` is read
/// back under the same names. One row in the table is all that a new limit needs.
struct LimitOptions<Group: LimitGroup>: ParsableArguments, CustomReflectable {
    /// What stood on the command line, by setting name.
    private(set) var given: [String: String] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        let options = try decoder.container(keyedBy: SettingKey.self)
        for setting in Group.settings {
            given[setting.name] = try options.decode(Option<String?>.self, forKey: SettingKey(setting.name))
                .wrappedValue
        }
    }

    var customMirror: Mirror {
        Mirror(self, children: Group.settings.map { (label: $0.name, value: Self.option(for: $0)) })
    }

    private static func option(for setting: LimitSetting) -> Any {
        let placeholder =
            switch setting.target {
            case .bytes: "size"
            case .count: "count"
            case .milliseconds: "time"
            }
        return Option<String?>(
            name: .customLong(setting.name),
            help: ArgumentHelp(
                "\(setting.help) (default: \(setting.text(in: Limits())))", valueName: placeholder))
    }
}

/// A setting's name as a coding key.
private struct SettingKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
