/// Ends the run where a rule is broken: libFuzzer keeps the input, and prints where this was.
package func demand(_ isKept: Bool, _ rule: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line) {
    guard !isKept else { return }
    fatalError("a rule is broken: \(rule())", file: file, line: line)
}
