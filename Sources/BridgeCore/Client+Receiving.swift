import ByteCoding
import ChatProtocol

/// What comes from the peer: commands, a turn's worth at a time, and the end.
extension Client: ConnectionHandler {
    package func connectionReceived(_ message: Span<UInt8>) {
        guard input.isEmpty else { return keep(message) }
        let end = handle(message, from: 0)
        guard end < message.count, isOpen else { return }
        keep(message.extracting(end..<message.count))
        regulate()
    }

    /// Keeps commands that have to wait. Where those of all connections together are too many, this one has to go: it may hold
    /// a whole message each, for as long as it does not read.
    private func keep(_ commands: Span<UInt8>) {
        guard node.hub.keepInput(commands.count + 1) else {
            return close(.tooManyConnections, reason: "Too many commands wait in the server. Try again in a while.")
        }
        input.append(span: commands)
        input.append(UInt8(ascii: "\n"))
    }

    func forgetInput() {
        node.hub.forgetInput(input.count)
        input = []
        inputStart = 0
    }

    /// Takes commands line by line until the answers are too many. Returns where the next line begins.
    private func handle(_ message: Span<UInt8>, from start: Int) -> Int {
        var start = start
        while start < message.count, isOpen, !isHeld, !isCounting, mayGoOn() {
            let end = CommandParser.endOfLine(in: message, from: start)
            if end > start {
                spent += 1
                node.handle(CommandParser.parse(message.extracting(start..<end)), from: self)
            }
            start = min(end + 1, message.count)
        }
        return start
    }

    /// A command has made a request of so many bytes.
    func spend(requestBytes: Int) {
        spent += Self.chatCost + requestBytes / 4096
    }

    /// Whether this turn has room for one more command. If not, the next turn goes on.
    private func mayGoOn() -> Bool {
        if spentInTurn != node.turn {
            spentInTurn = node.turn
            spent = 0
        }
        guard spent >= Self.commandCostPerTurn else { return true }
        if resumption == nil {
            resumption = node.timers.schedule(after: 0) { [weak self] in
                guard let self else { return }
                resumption = nil
                node.markDirty(self)
            }
        }
        return false
    }

    /// Goes on with the commands that had to wait.
    func handleInput() {
        guard !input.isEmpty, !isHeld, !isCounting else { return }
        let held = input
        inputStart = handle(held.span, from: inputStart)
        if inputStart == input.count || !isOpen { forgetInput() }
        regulate()
    }

    package func connectionWritable() {
        isWaiting = false
        node.markDirty(self)
    }

    package func connectionClosed() {
        guard !isClosed else { return }
        isClosed = true
        outbox = []
        forgetInput()
        resumption?.cancel()
        resumption = nil
        for query in queries { query.cancel() }
        queries = []
        let left = subscriptions
        subscriptions = []
        for subscription in left { subscription.session.remove(subscription) }
        node.hub.remove(self)
    }
}
