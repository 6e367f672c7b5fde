import ByteCoding

/// Writes the members of a JSON object, one after another; a nil value leaves its member out.
package struct ObjectWriter {
    package private(set) var bytes: [UInt8]

    /// Opens an object.
    package init() {
        bytes = [UInt8(ascii: "{")]
    }

    /// Opens a frame: an object that begins with its type.
    package init(type: StaticString) {
        bytes = []
        bytes.reserveCapacity(128)
        bytes.append(literal: "{\"type\":\"")
        bytes.append(literal: type)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes members only, each with its comma in front: the rest of a frame whose head is written elsewhere.
    package static func members() -> ObjectWriter {
        var writer = ObjectWriter()
        writer.bytes.removeAll()
        return writer
    }

    /// Closes the object.
    package consuming func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func name(_ name: StaticString) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(literal: name)
        bytes.append(literal: "\":")
    }

    package mutating func field(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        self.name(name)
        bytes.append(jsonString: value)
    }

    package mutating func field(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        self.name(name)
        bytes.append(decimal: value)
    }

    package mutating func field(_ name: StaticString, _ value: UInt64?) {
        guard let value else { return }
        self.name(name)
        bytes.append(decimal: value)
    }

    package mutating func field(_ name: StaticString, _ value: Bool) {
        self.name(name)
        bytes.append(literal: value ? "true" : "false")
    }

    /// `value` is JSON already.
    package mutating func field(_ name: StaticString, json value: [UInt8]?) {
        guard let value else { return }
        self.name(name)
        bytes.append(span: value.span)
    }

    /// `value` is the content of a JSON string, escaped already; left out when empty.
    package mutating func field(_ name: StaticString, escaped value: [UInt8]) {
        guard !value.isEmpty else { return }
        self.name(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(span: value.span)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func field(_ name: StaticString, _ values: [String]) {
        self.name(name)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(jsonString: value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// A nested object; `fill` writes its members.
    package mutating func object(_ name: StaticString, _ fill: (inout ObjectWriter) -> Void) {
        self.name(name)
        var inner = ObjectWriter()
        fill(&inner)
        bytes.append(span: inner.finish().span)
    }

    /// An array whose elements are JSON already.
    package mutating func array(_ name: StaticString, json elements: [[UInt8]]) {
        self.name(name)
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(span: element.span)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
