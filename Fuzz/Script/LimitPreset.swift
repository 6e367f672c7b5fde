import BridgeCore

/// How much room the server in the play has.
enum LimitPreset: UInt8 {
    /// Nothing is forgotten but by age.
    case roomy
    /// Tails of a few entries: whoever stalls gets a snapshot.
    case shortTails
    /// Everything is scarce: sessions and requests are refused and forgotten, answers are too long.
    case scarce

    var limits: Limits {
        var limits = Limits()
        guard self != .roomy else { return limits }
        limits.tailEntries = 12
        limits.tailBytes = 1_500
        limits.tailAge = 90_000
        limits.orphanGrace = 3_000
        limits.sessionTTL = 20_000
        guard self == .scarce else { return limits }
        limits.transcriptBytes = 3_000
        limits.memoryLimit = 30_000
        limits.maxSessions = 2
        limits.maxSubscriptions = 2
        limits.maxSessionRequests = 3
        limits.maxRequests = 4
        limits.maxAnswerBytes = 800
        limits.maxEventBytes = 600
        limits.maxRequestBytes = 2_000
        return limits
    }
}
