import Foundation

/// A folder that the server reads from.
enum Folder {
    /// The given folder, which must exist; else the default one in the current folder where it exists; else none.
    static func resolve(_ given: GivenSetting?, default name: String) throws(SettingError) -> String? {
        guard let given else { return isDirectory(name) ? name : nil }
        guard isDirectory(given.text) else { throw given.error(expected: "a folder") }
        return given.text
    }

    private static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
