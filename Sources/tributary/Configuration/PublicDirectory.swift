import Foundation

/// The folder of static files.
enum PublicDirectory {
    /// The given folder, which must exist; else `public` in the current folder where it exists; else none.
    static func resolve(_ given: GivenSetting?) throws(SettingError) -> String? {
        guard let given else { return isDirectory("public") ? "public" : nil }
        guard isDirectory(given.text) else { throw given.error(expected: "a folder") }
        return given.text
    }

    private static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
