import Fuzzing

/// Bytes as the actions of a small server's life: tabs that join, come back, stall and leave; commands right and wrong;
/// upstreams that answer, stutter and break; limits that are hit; time. Every message keeps the protocol's rules, every
/// tab that is caught up has the words that the upstream said, and in the end nothing is left.
@_cdecl("LLVMFuzzerTestOneInput")
package func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var script = Input(start, count)
    let stage = Stage(limits: LimitPreset(rawValue: (script.next() ?? 0) % 3) ?? .roomy)
    for _ in 0..<Stage.maxActions {
        guard let action = script.next(), !stage.isOver else { break }
        stage.act(action, &script)
    }
    stage.end()
    return 0
}
