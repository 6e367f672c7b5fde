import LoadKit

extension DescriptorLimit {
    /// What is allowed now.
    static var allowed: Int { raise(to: 0) }

    /// Says in words what is missing where a process needs `sockets` and a few files; nil where there is enough.
    static func shortage(for sockets: Int) -> String? {
        let needed = sockets + 256
        let allowed = allowed
        guard allowed < needed else { return nil }
        return "left out: needs \(needed) descriptors, and \(allowed) are allowed (ulimit -n; the hard limit is root's)"
    }
}
