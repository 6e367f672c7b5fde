/// What can be measured, in the order of the tables; the names that `--only` takes.
enum ScenarioName: String, CaseIterable {
    case relay
    case burst
    case fanOut = "fan-out"
    case fastModel = "fast-model"
    case idle
    case abort
    case resume
    case slowTab = "slow-tab"
    case memory
    case start

    func scenario(isQuick: Bool) -> any Scenario {
        switch self {
        case .relay: StreamingScenario.relay(isQuick)
        case .burst: StreamingScenario.burst(isQuick)
        case .fanOut: StreamingScenario.fanOut(isQuick)
        case .fastModel: StreamingScenario.fastModel(isQuick)
        case .idle: IdleScenario(connections: isQuick ? 2_000 : 10_000)
        case .abort: AbortScenario(aborts: isQuick ? 200 : 1_000)
        case .resume: ResumeScenario(rounds: isQuick ? 20 : 100)
        case .slowTab: SlowTabScenario(deltas: isQuick ? 400 : 600)
        case .memory: MemoryScenario(streams: isQuick ? [200, 500] : [500, 2_000])
        case .start: StartScenario(times: 10)
        }
    }
}
