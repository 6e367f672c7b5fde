import BridgeCore
import ChatProtocol

/// Reads `key: {env: NAME}`, `{file: PATH}` or `{inline: KEY}`. No message repeats what stands there: a key is easily put in the
/// wrong place.
struct KeyReader {
    var environment: SettingSource
    /// The configuration's folder, to which relative paths belong; with a slash at its end, or empty.
    var folder: String
    var allowsInline: Bool

    /// Nil where there is no usable key, and a problem says why.
    func read(_ value: FileValue) -> (key: APIKey, origin: KeyOrigin)? {
        guard value.word == nil else {
            value.refuse("the key does not stand here: say {env: NAME} or {file: PATH}.")
            return nil
        }
        guard let members = value.mapping()?.members else { return nil }
        guard members.count == 1, let source = members.first, ["env", "file", "inline"].contains(source.name) else {
            value.refuse(
                "must be one of {env: NAME}, {file: PATH} and, where allow_inline_keys is true, {inline: KEY}.")
            return nil
        }
        guard let text = source.value.text() else { return nil }
        switch source.name {
        case "env": return fromEnvironment(text, source.value)
        case "file": return fromFile(text, source.value)
        default: return inline(text, source.value)
        }
    }

    private func fromEnvironment(_ name: String, _ value: FileValue) -> (APIKey, KeyOrigin)? {
        guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
            value.refuse("is not the name of an environment variable.")
            return nil
        }
        // What is not in capitals could be the key itself.
        let shown = name == name.uppercased() ? name : "that is named here"
        guard let given = environment.variable(name) else {
            value.refuse("the environment variable \(shown) is not set.")
            return nil
        }
        guard let key = APIKey(given.text) else {
            value.refuse("the environment variable \(shown) holds no usable key: \(Self.unusable)")
            return nil
        }
        return (key, .environment(name))
    }

    private func fromFile(_ path: String, _ value: FileValue) -> (APIKey, KeyOrigin)? {
        do throws(FileText.Failure) {
            var file = try FileText(path: path.hasPrefix("/") ? path : folder + path, maxBytes: APIKey.maxBytes + 2)
            defer { for index in file.bytes.indices { file.bytes[index] = 0 } }
            let end = file.bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }.map { $0 + 1 } ?? 0
            guard let key = APIKey(String(decoding: file.bytes[..<end], as: UTF8.self)) else {
                value.refuse("the file holds no usable key: \(Self.unusable)")
                return nil
            }
            if file.isWorldReadable { value.warn("every user of this machine can read the key's file; chmod 600 it.") }
            return (key, .file(path))
        } catch {
            value.refuse("the key's file \(error.reason).")
            return nil
        }
    }

    private func inline(_ text: String, _ value: FileValue) -> (APIKey, KeyOrigin)? {
        guard allowsInline else {
            value.refuse(
                "a key in the file needs allow_inline_keys: true at the top; better say {env: NAME} or {file: PATH}.")
            return nil
        }
        guard let key = APIKey(text) else {
            value.refuse("is no usable key: \(Self.unusable)")
            return nil
        }
        return (key, .inline)
    }

    static let unusable = "it is empty or too long, or has white space or control characters in it."
}
