import Yams

extension FileValue {
    /// The value that a YAML file is. Nil where there is none, and a problem says why.
    init?(yaml path: String, maxBytes: Int, problems: FileProblems) {
        do {
            let file = try FileText(path: path, maxBytes: maxBytes)
            guard let text = String(validating: file.bytes, as: UTF8.self) else {
                problems.add("the file is not UTF-8 text.", field: "", at: nil)
                return nil
            }
            // The basic resolver: what a scalar means is decided where it is read.
            guard let node = try compose(yaml: text, .basic) else {
                problems.add("the file is empty.", field: "", at: FilePlace(line: 1, column: 1))
                return nil
            }
            self.init(node, field: "", problems: problems)
        } catch {
            let (place, message) = Self.meaning(of: error)
            problems.add(message, field: "", at: place)
            return nil
        }
    }

    /// In words that repeat nothing of the file.
    private static func meaning(of error: any Error) -> (FilePlace?, String) {
        switch error {
        case let failure as FileText.Failure: (nil, "the file \(failure.reason).")
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            (FilePlace(line: mark.line, column: mark.column), "is not YAML: \(problem).")
        case YamlError.duplicatedKeysInMapping(_, let context):
            (FilePlace(line: context.mark.line, column: context.mark.column), "this name is there twice.")
        case YamlError.reader(let problem, _, _, _): (nil, "is not YAML: \(problem).")
        default: (nil, "the file is not YAML.")
        }
    }
}
